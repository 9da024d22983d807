#include "conf/text.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "core/base/utf8.h"

#define BOM "\xEF\xBB\xBF"

void text_trim(const char **s, size_t *len)
{
	static const char wide[] = "\xE3\x80\x80"; /* U+3000 */

	for (;;) {
		if (*len && ((*s)[0] == ' ' || (*s)[0] == '\t'))
			(*s)++, (*len)--;
		else if (*len >= 3 && memcmp(*s, wide, 3) == 0)
			*s += 3, *len -= 3;
		else
			break;
	}
	for (;;) {
		if (*len && ((*s)[*len - 1] == ' ' || (*s)[*len - 1] == '\t'))
			(*len)--;
		else if (*len >= 3 && memcmp(*s + *len - 3, wide, 3) == 0)
			*len -= 3;
		else
			break;
	}
}

static int line_of(const char *bytes, size_t offset)
{
	int line = 1;

	for (size_t i = 0; i < offset; i++)
		line += bytes[i] == '\n';
	return line;
}

/* iconv in slices; returns the bytes of `in` that were converted, `len` when all were. */
static size_t convert(struct buf *out, const char *to, const char *from, const char *in, size_t len)
{
	iconv_t cd = iconv_open(to, from);
	char slice[4096];
	char *src = (char *)(uintptr_t)in;
	size_t left = len;

	if (cd == (iconv_t)-1)
		return 0;
	while (left > 0) {
		char *dst = slice;
		size_t room = sizeof slice;
		size_t n = iconv(cd, &src, &left, &dst, &room);
		buf_add(out, slice, sizeof slice - room);
		if (n == (size_t)-1 && errno != E2BIG)
			break;
	}
	iconv_close(cd);
	return len - left;
}

bool text_decode(
    struct buf *out, const char *file, const char *bytes, size_t len, bool *gb, bool *bom, struct err_list *errs)
{
	size_t begin = out->len;

	*gb = *bom = false;
	if (len >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0))
		return err_list_add(
		    errs, ERR_INVALID, file, 1, 0, "", "the file is UTF-16; save it as UTF-8 or GB18030");
	if (len >= 3 && memcmp(bytes, BOM, 3) == 0) {
		*bom = true;
		bytes += 3;
		len -= 3;
	}
	size_t bad = utf8_first_bad(bytes, len);
	if (bad == len) {
		buf_add(out, bytes, len);
	} else if (*bom) {
		return err_list_add(errs, ERR_INVALID, file, line_of(bytes, bad), 0, "",
		    "the file begins as UTF-8, but byte %zu is not", bad + 4);
	} else {
		size_t done = convert(out, "UTF-8", "GB18030", bytes, len);
		*gb = true;
		if (done != len)
			return err_list_add(errs, ERR_INVALID, file, line_of(bytes, done), 0, "",
			    "the file is neither UTF-8 (first fault on line %d) nor GB18030 (on line %d)",
			    line_of(bytes, bad), line_of(bytes, done));
	}
	if (out->failed)
		return err_list_add(errs, ERR_TOO_LARGE, file, 0, 0, "", "the file is too large");
	const char *text = buf_text(out) + begin, *nul = memchr(text, '\0', out->len - begin);
	if (nul)
		return err_list_add(errs, ERR_INVALID, file, line_of(text, (size_t)(nul - text)), 0, "",
		    "a NUL byte cannot stand in a text");
	return true;
}

bool text_encode(struct buf *out, const char *text, size_t len, bool gb, bool bom)
{
	if (gb)
		return convert(out, "GB18030", "UTF-8", text, len) == len && !out->failed;
	if (bom)
		buf_add(out, BOM, 3);
	buf_add(out, text, len);
	return !out->failed;
}

bool text_read(struct buf *out, const char *path, size_t max, struct err_list *errs)
{
	bool input = strcmp(path, "-") == 0;
	int fd = input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	size_t start = out->len;
	char slice[16384];
	struct stat st;
	ssize_t n = -1;

	if (fd < 0)
		return err_list_add(errs, errno == ENOENT ? ERR_NOT_FOUND : ERR_INVALID, path, 0, 0, "",
		    "cannot be opened: %s", strerror(errno));
	if (!input && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
		close(fd);
		return err_list_add(errs, ERR_INVALID, path, 0, 0, "", "is not a regular file");
	}
	while (out->len - start <= max && (n = read(fd, slice, sizeof slice)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		buf_add(out, slice, (size_t)n);
		if (out->failed)
			break;
	}
	int why = errno;
	if (!input)
		close(fd);
	if (out->failed || out->len - start > max)
		return err_list_add(errs, ERR_TOO_LARGE, path, 0, 0, "", "is larger than %zu bytes", max);
	if (n < 0)
		return err_list_add(errs, ERR_INVALID, path, 0, 0, "", "cannot be read: %s", strerror(why));
	return true;
}
