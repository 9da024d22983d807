#include "conf/sample_words.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))
#define POOL(name, ...) \
	static const char *const name##_words[] = { __VA_ARGS__ }; \
	const struct sample_pool name = { name##_words, LEN(name##_words) }

const struct sample_scene sample_scenes[] = {
#define SCENE(item, ...) { item, { __VA_ARGS__ } },
#include "conf/sample_scenes.inc"
#undef SCENE
};
const size_t sample_nscenes = LEN(sample_scenes);

/* --- sentences ---------------------------------------------------------------------------------------------------- */

POOL(sample_phone,
	"{open}{place}{time}{scene}，{effect}，{ask}",
	"{open}其住在{place}，{time}{scene}，{effect}，{ask}",
	"{open}{time}，{place}{scene}，{effect}。{history}{ask}",
	"{open}{place}{scene}。{effect}，{history}{ask}",
	"{open}其是{place}的居民，{scene}已有一段时间，{effect}，其认为不合理，{ask}",
	"{open}{place}{time}{scene}，其表示{effect}，要求职能部门尽快处理并回复。",
	"{open}其{time}路过{place}时发现{scene}，担心发生意外，{ask}",
	"{open}{place}{scene}，{history}至今没有解决，故再次来电，{ask}",
	"{open}{place}的住户反映{scene}，{effect}，其曾与对方沟通未果，{ask}",
	"{open}{scene}，地点在{place}，{time}最为严重，{effect}，{ask}");

POOL(sample_app,
	"{open}我住在{place}，{time}{scene}，{effect}，{ask}",
	"{open}{place}{time}{scene}，{effect}！{mood}{ask}",
	"{open}{time}{scene}，就在{place}。{effect}，{history}{ask}",
	"{open}想反映一个问题：{place}{scene}，{effect}。{ask}",
	"{scene}！{place}的情况你们能不能来看看？{effect}，{mood}",
	"{open}我是{place}的租户，{scene}，{time}都这样，{effect}。{history}{ask}",
	"{place}，{scene}，{time}。{effect}。{ask}",
	"{open}{history}可是{time}{place}又是{scene}，{effect}，{mood}",
	"{open}{place}{scene}，这种情况归哪个部门管？{effect}，{ask}",
	"{open}家里有老人和孩子，{place}{time}{scene}，{effect}，{ask}谢谢！",
	"{mood}{place}{scene}，{time}了没有人管，{effect}。",
	"{open}{effect}——原因是{place}{scene}。{time}就这样了，{ask}",
	"{open}附上照片，{place}{scene}，{effect}，{ask}",
	"又来了！{time}{place}{scene}，{history}{mood}{ask}");

POOL(sample_short,
	"{place}{scene}",
	"{scene}，{place}",
	"{place}{scene}，快来人",
	"{place}，{scene}，{ask}",
	"反映{place}{scene}",
	"{time}{place}{scene}",
	"{place}{scene}，没人管吗");

POOL(sample_urgent,
	"{place}{scene}！{now}，{asku}",
	"{open}{now}{place}{scene}，情况紧急，{asku}",
	"快！{place}{scene}，{asku}",
	"{place}{scene}，周围很多人，{asku}",
	"{open}{place}{scene}，到现在还没有人来，{asku}",
	"{scene}！！在{place}，{asku}",
	"{open}其{now}在{place}看到{scene}，现场没有警戒，{asku}",
	"救命，{place}{scene}，{now}，{asku}");

POOL(sample_long,
	"{open}\n我是{place}的业主，在这里住了好些年。{time}{scene}，{effect}。\n{more}\n{more2}\n{history}我们不是不讲道理的人，也理解工作有难处，但是问题总要有人解决。{ask}",
	"{open}关于{place}{scene}一事，情况如下：\n一、{time}起，{scene2}，{effect}。\n二、{more}\n三、{history}\n诉求：{ask}",
	"{open}{place}{scene}。{more}{more2}{effect}。{history}{mood}{ask}希望能有一个明确的时间表，不要再互相推。");

/* What happens to one person with an employer, a shop, a school, an office: no streets and no repairs in it. */
POOL(sample_personal_phone,
	"{open}其反映{scene}，{effect}，地点在{place}，{askp}",
	"{open}{place}，{scene}，{effect}，其认为不合理，{askp}",
	"{open}其是{place}附近的居民，{timep}{scene}，{effect}。{askp}",
	"{open}{scene}，{effect}，{history}{askp}",
	"{open}其{timep}在{place}遇到问题：{scene}，其表示{effect}，{askp}",
	"{open}就{place}{scene}一事，{effect}，要求职能部门核实并回复。");
POOL(sample_personal_app,
	"{open}{timep}在{place}，{scene}，{effect}，{askp}",
	"{open}{scene}，{effect}。{mood}地址在{place}，{askp}",
	"{open}想问一下，{scene}，这种情况该找谁？{effect}，地点是{place}。",
	"{open}我在{place}，{timep}{scene}。{effect}，{history}{askp}",
	"{scene}，{effect}，{mood}{askp}（{place}）",
	"{open}事情是这样的：{timep}，{place}，{scene}。{more}{effect}，{askp}",
	"{open}{place}这边{scene}，{history}{effect}。{askp}",
	"{scene}，{place}，{askp}");
POOL(sample_time_personal, "上个月", "昨天", "上周三", "前几天", "今年三月", "国庆前", "今天上午", "去年底",
		"半个月前", "这两个月", "周五下午");
POOL(sample_ask_personal, "请核实处理。", "希望给个说法。", "请问该怎么办？", "请相关部门介入。", "要求退还并道歉，",
		"望尽快答复。", "恳请帮助。", "希望依法查处。",
	"请协调解决。", "请转给负责的部门。");

POOL(sample_open_phone, "市民来电反映：", "市民来电反映:", "来电人反映，", "居民来电称，", "市民来电投诉：",
		"来电人表示，", "市民致电反映：",
	"一位男士来电：", "一位女士来电反映，", "市民再次来电反映：", "热线转来：市民反映，");
POOL(sample_open_app, "", "", "", "您好，", "你好！", "领导您好，", "请问有没有人管，", "各位工作人员辛苦了，",
		"实名反映，", "麻烦了，", "尊敬的领导：",
	"紧急求助，", "投诉！");
POOL(sample_time, "昨晚十一点多", "今天早上六点", "这几天", "从上周开始", "每天晚上", "一连好几天", "最近一个月",
		"中午十二点多", "凌晨两点左右",
	"从国庆到现在", "周末", "昨天下午", "今天上午九点半", "每到下雨天", "晚上八点到十二点", "下班高峰期",
		"前天夜里", "差不多半年了", "每天一大早",
	"从前天开始", "这个星期");
POOL(sample_now, "就在刚才", "现在", "十分钟前", "刚刚", "此刻", "五分钟前", "今天下午五点左右");
POOL(sample_history, "", "", "", "之前打过电话，没有下文。", "物业说不归他们管。", "找过社区，社区让打热线。",
		"上次来人看了一下就走了。", "已经反映过三次，",
	"处理了两天又恢复原样，", "城管说归街道，街道说归城管，", "上个月回复说已经处理，",
		"跟对方说过很多次都不听，", "去年也投诉过，", "工作人员电话里答应了，");
POOL(sample_ask, "请尽快派人处理。", "希望相关部门核查。", "请给个答复。", "麻烦安排人来看看。", "恳请解决。",
		"要求立即整改。", "请问什么时候能处理？",
	"望予以查处并反馈结果。", "希望能尽快修复。", "请协调处理，", "请依法处理。", "希望有人管一管。",
		"请转给负责的部门。");
POOL(sample_ask_urgent, "请马上派人！", "快点来人！", "已经打了报警电话，请你们也赶紧来人。", "请立即到现场处置。",
		"千万别拖！", "请赶快封路。", "现场需要人疏散！");
POOL(sample_mood, "", "", "真的受不了了！", "太过分了！！", "气死人了，", "无语了。", "我们老百姓就这么难吗？",
		"求求你们了，", "都快神经衰弱了，", "再不管就找媒体了。",
	"心累。", "谢谢你们。");
POOL(sample_detail, "", "", "", "门口", "东门", "后门", "北侧", "对面", "旁边的巷子里", "楼下", "路口", "公交站旁边",
		"菜市场旁边", "停车场入口", "小学门口",
	"附近", "一带");
POOL(sample_generic, "遇到{item}的问题，主要是{kw}", "{item}的问题一直没有解决", "想反映{item}的事，涉及{kw}和{kw2}",
		"关于{item}，{kw}的情况好几次了",
	"{kw}，应该属于{item}吧", "又是{kw}，{item}到底归谁管");
POOL(sample_more, "一开始以为过几天就好，没想到越来越严重。", "楼里好几户都有意见，大家在群里天天说这件事。",
		"我拍了照片和视频，需要的话可以提供。",
	"孩子明年要中考，老人心脏也不好，实在经不起折腾。",
		"隔壁小区之前也有类似情况，两天就解决了，为什么我们这里不行？",
		"旁边就是学校和菜市场，人来人往很不安全。",
	"我打过物业、社区、街道的电话，每个都说会跟进。", "负责的师傅说没有配件，要等通知。",
		"当时在场的还有几位邻居，都可以作证。", "我们已经自己花钱处理过一次，没有用。");

/* --- what it does ------------------------------------------------------------------------------------------------- */

#define EFFECT(...) { (const char *const[]){ __VA_ARGS__ }, LEN(((const char *const[]){ __VA_ARGS__ })) }

const struct sample_effect sample_effects[] = {
	{ "噪声扰民", EFFECT("严重影响休息", "根本睡不着", "老人血压都高了", "孩子没法写作业", "关了窗户也没用",
		"第二天上班都没精神", "整栋楼都有意见") },
	{ "市容环卫", EFFECT("又脏又臭", "苍蝇蚊子到处都是", "影响市容", "走路都要绕开", "味道很大不敢开窗",
		"有碍观瞻") },
	{ "市政设施", EFFECT("已经有人摔倒了", "晚上看不清很危险", "出行很不方便", "老人小孩走这里提心吊胆",
		"车都差点刮坏", "怕出事故") },
	{ "园林绿化", EFFECT("存在安全隐患", "挡住了光线", "孩子不敢去玩", "影响通行", "看着很可惜") },
	{ "交通运输", EFFECT("上班天天迟到", "出行很不方便", "等了很久", "钱白花了", "打客服没人理") },
	{ "交通", EFFECT("差点出车祸", "出行很不方便", "堵得一动不动", "行人只能走机动车道", "非常危险") },
	{ "住房物业", EFFECT("业主意见很大", "严重影响生活", "家里都没法住了", "物业推来推去", "老人上下楼很困难") },
	{ "工程建设", EFFECT("影响周边居民", "担心出安全事故", "灰尘大得不敢开窗", "我们的权益怎么保障") },
	{ "规划违建", EFFECT("挡住了我家采光", "安全没有保障", "别人也跟着学", "消防车都进不来") },
	{ "环境保护", EFFECT("呛得喘不过气", "头晕恶心", "一家人都在咳嗽", "不敢开窗", "怀疑对身体有害") },
	{ "水电气网", EFFECT("生活很不方便", "没法做饭洗澡", "店里生意都做不了", "家里有婴儿很着急",
		"打客服一直占线") },
	{ "安全隐患", EFFECT("万一出事后果不堪设想", "非常危险", "住在这里提心吊胆", "安全隐患很大") },
	{ "市场监管", EFFECT("商家态度很差", "要求退款赔偿", "感觉被骗了", "身体不舒服去了医院",
		"消费者权益得不到保障") },
	{ "劳动社保", EFFECT("房租都交不起了", "一家人等着钱吃饭", "公司一直拖", "老板不接电话", "不知道怎么维权") },
	{ "教育文体", EFFECT("家长都很着急", "孩子情绪很低落", "影响孩子学习", "不知道找谁") },
	{ "医疗卫生", EFFECT("身体受不了", "担心传染", "耽误了治疗", "老人折腾不起") },
	{ "", EFFECT("很着急", "不知道该找谁", "跑了好几趟", "给生活带来很大困扰", "希望得到帮助") },
};
const size_t sample_neffects = LEN(sample_effects);

/* --- questions and suggestions ------------------------------------------------------------------------------------ */

const struct sample_text sample_questions[] = {
	{ "居住证办理", "请问居住证到期了怎么签注？要带什么材料？" },
	{ "居住证办理", "我在{place}租房，没有合同能办居住证吗？" },
	{ "婚姻登记预约", "周末可以办理结婚登记吗，需要提前几天预约？" },
	{ "户籍与身份证", "身份证丢了，人在外地怎么补办？" },
	{ "学位申请", "请问明年小一学位申请什么时候开始，租房要满几年？" },
	{ "转学插班", "孩子五年级想从老家转过来，需要办什么手续？" },
	{ "社保业务咨询", "换了工作，社保断了一个月有影响吗？" },
	{ "失业保险", "被公司辞退了可以领失业金吗，在哪里申请？" },
	{ "医保报销", "父母的异地医保在这边住院能直接结算吗？" },
	{ "生育登记与津贴", "生育津贴单位说还没到，一般要多久到账？" },
	{ "公积金提取咨询", "租房提取公积金一年可以提几次？" },
	{ "公租房申请", "公租房现在轮候到多少号了，单身可以申请吗？" },
	{ "营业执照办理", "想开个小吃店，营业执照和食品许可怎么办，要跑几趟？" },
	{ "路边停车收费争议", "路边停车几点以后不收费？节假日收吗？" },
	{ "驾驶证车辆业务咨询", "驾驶证过期半年了还能换吗？" },
	{ "电动自行车备案", "电动车上牌要去哪里，{place}附近有没有登记点？" },
	{ "违章处罚异议", "怎么查询违章，对罚单有异议应该怎么办？" },
	{ "停水", "{place}明天是不是要停水，停到几点？" },
	{ "停电", "收到短信说计划停电，{place}在范围内吗？" },
	{ "老旧小区加装电梯", "加装电梯要多少业主同意，政府有补贴吗？" },
	{ "城市更新咨询", "{place}这一片有没有列入城市更新计划？" },
	{ "交通基础设施规划建议", "{place}前面那条断头路什么时候打通？" },
	{ "地铁规划建议", "请问新地铁线在{place}设站吗，什么时候开工？" },
	{ "疫苗接种", "九价疫苗现在能预约吗，{place}哪个社康有？" },
	{ "高龄津贴", "老人满八十岁怎么申请高龄津贴？" },
	{ "残疾人服务", "残疾证到期换证需要重新评定吗？" },
	{ "法律援助咨询", "没钱请律师，可以申请法律援助吗？" },
	{ "税费咨询", "个税汇算退税多久能到账？" },
	{ "避难场所咨询", "台风来了，{place}附近的避难场所在哪里？" },
	{ "公共文化场馆服务", "图书馆国庆开放吗，能带小孩进吗？" },
	{ "促消费补贴", "家电以旧换新的补贴还有名额吗？" },
	{ "职业技能补贴", "考了电工证可以申请补贴吗，去哪里办？" },
};
const size_t sample_nquestions = LEN(sample_questions);

const struct sample_text sample_suggestions[] = {
	{ "公交线路调整", "建议从{place}开一条到地铁站的接驳公交，早晚高峰就行。" },
	{ "增设斑马线信号灯", "建议在{place}增设一条斑马线，过街的人很多，现在要绕很远。" },
	{ "增设公园绿地", "{place}那块空地荒了好几年，建议做成口袋公园，老人小孩有个去处。" },
	{ "增设路灯", "建议给{place}的小路加装路灯，晚上下班的女工很多。" },
	{ "停车位不足", "{place}停车太难，建议把闲置空地临时做成停车场。" },
	{ "治安巡逻建议", "希望{place}晚上增加巡逻，最近电动车被偷了好几辆。" },
	{ "垃圾分类投放点设置", "建议{place}的垃圾投放时间延长到晚上十点，加班的人赶不上。" },
	{ "公共充电设施故障", "建议在{place}多装一些电动车充电柜，现在根本抢不到。" },
	{ "公园管理服务", "建议公园晚一点关门，{place}跑步的人很多。" },
	{ "交通拥堵", "{place}路口左转车多，建议设一个左转待转区。" },
	{ "无障碍设施缺失", "{place}的台阶没有坡道，坐轮椅的人上不去，建议加装。" },
	{ "长者食堂与居家养老", "{place}老人多，建议办一个长者饭堂。" },
	{ "体育场馆预约", "建议{place}的学校操场周末对外开放。" },
	{ "公共厕所脏乱", "{place}附近找不到公厕，建议增设一个。" },
	{ "生态环境建议", "建议在{place}的河边设提示牌，公布水质情况。" },
	{ "共享单车乱停放", "建议在{place}划出共享单车停放区，派人定时整理。" },
};
const size_t sample_nsuggestions = LEN(sample_suggestions);

POOL(sample_surnames, "陈", "林", "黄", "李", "张", "王", "刘", "吴", "周", "郑", "何", "罗", "曾", "邓", "钟",
		"欧阳", "叶", "廖", "谢", "许");
POOL(sample_given, "小满", "立春", "谷雨", "白露", "秋分", "冬至", "清明子", "惊蛰", "芒种", "大暑", "先生", "女士",
		"小姐", "阿姨", "师傅");
