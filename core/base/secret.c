#include "core/base/secret.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

FILE *secret_open(const char *path, const char *field, struct err *e)
{
	FILE *f = fopen(path, "re");
	struct stat st;

	if (f == NULL) {
		err_set(e, ERR_INVALID, field, "%.150s: %s", path, strerror(errno));
		return NULL;
	}
	if (fstat(fileno(f), &st) == 0 && (st.st_mode & S_IROTH)) {
		fclose(f);
		err_set(e, ERR_INVALID, field, "%.150s holds secrets: nobody but its owner and group may read it", path);
		return NULL;
	}
	return f;
}
