"""Invented names of the fictional city 临江市 and of those who work there."""

CITY_CODE, CITY_NAME = "640900", "临江市"
"""No real city has this code (GB/T 2260): 6409 is not given out."""

RIVER = "澜江"
DISTRICTS = (("640902", "江北区"), ("640903", "江南区"), ("640904", "高新区"))
STREETS = ("望江街道", "北塔街道", "清波街道", "南渡街道", "白沙街道", "科创街道")
COMMUNITIES = (
    "春晖",
    "锦绣",
    "望湖",
    "和平",
    "向阳",
    "文昌",
    "鼓楼",
    "东湖",
    "柳巷",
    "朝晖",
    "石桥",
    "永安",
    "荷塘",
    "钟楼",
    "学府",
    "桂苑",
    "新港",
    "长乐",
    "福兴",
    "青年",
    "枫林",
    "百合",
    "渡口",
    "槐荫",
    "星光",
    "创新",
    "云溪",
    "丹桂",
    "翠竹",
    "金沙",
    "平安",
    "康宁",
    "丰泽",
    "明珠",
    "芳草",
    "启明",
)
ROADS_ALONG = ("临江大道", "人民路", "解放路", "建设路", "文化路", "滨河北路", "滨河南路", "和平路", "朝阳路")
ROADS_ACROSS = ("中山大街", "胜利街", "学院街", "新华街", "鼓楼街", "民族街", "科技街", "体育街", "望江街")

SURNAMES = "陈林张刘黄杨吴赵周徐孙马朱胡郭何高罗郑梁谢宋唐许韩冯邓曹彭曾"
GIVEN = (
    "伟",
    "敏",
    "静",
    "磊",
    "军",
    "洋",
    "勇",
    "艳",
    "杰",
    "娟",
    "涛",
    "明",
    "超",
    "霞",
    "平",
    "刚",
    "建国",
    "晓东",
    "海燕",
    "志强",
    "秀英",
    "文博",
    "雨桐",
    "思远",
    "佳宁",
    "立新",
    "红梅",
    "国庆",
)

# Name, short name and kind by code.
DEPARTMENTS = {
    "center": ("临江市城市管理监督中心", "监督中心", "center"),
    "command": ("临江市城市管理指挥中心", "指挥中心", "center"),
    "collection": ("临江市信息采集大队", "采集大队", "center"),
    "sanitation": ("临江市环境卫生管理处", "环卫处", "municipal"),
    "landscaping": ("临江市园林绿化管理处", "园林处", "municipal"),
    "municipal": ("临江市市政设施管理处", "市政处", "municipal"),
    "drainage": ("临江市排水管理处", "排水处", "municipal"),
    "lighting": ("临江市城市照明管理处", "照明处", "municipal"),
    "traffic": ("临江市公安局交通警察支队", "交警支队", "municipal"),
    "housing": ("临江市住房和城乡建设局", "住建局", "municipal"),
    "markets": ("临江市市场监督管理局", "市场监管局", "municipal"),
    "water": ("临江市供水集团有限公司", "供水集团", "enterprise"),
    "power": ("临江市供电公司", "供电公司", "enterprise"),
    "telecom": ("临江市通信建设管理公司", "通信公司", "enterprise"),
    "gas": ("临江市燃气有限公司", "燃气公司", "enterprise"),
    "heating": ("临江市热力有限公司", "热力公司", "enterprise"),
}

# Name, department and role by user name.
OFFICIALS = {
    "caller.sun": ("孙接线", "center", "call_taker"),
    "acceptor.li": ("李受理", "center", "acceptor"),
    "duty.zhao": ("赵值班", "center", "duty_officer"),
    "evaluator.zheng": ("郑考评", "center", "evaluator"),
    "dispatcher.wang": ("王派遣", "command", "dispatcher"),
    "director.qian": ("钱指挥", "command", "director"),
    "supervisor.zhou": ("周督查", "command", "supervisor"),
    "leader.wu": ("吴领导", "city", "leader"),
    "admin": ("系统管理员", "center", "system_administrator"),
    "security": ("安全管理员", "center", "security_administrator"),
    "audit": ("审计管理员", "center", "audit_administrator"),
}

# What the catalogue calls the usual department → code of ours; "enforcement" and "street" exist once per place.
DEPT_TYPES = {
    "综合执法": "enforcement",
    "属地街道": "street",
    "社区": "street",
    "市政管理": "municipal",
    "环卫": "sanitation",
    "园林": "landscaping",
    "林业": "landscaping",
    "公安交管": "traffic",
    "交通运输": "traffic",
    "公交": "traffic",
    "停车": "traffic",
    "排水": "drainage",
    "水务": "drainage",
    "供水": "water",
    "供电": "power",
    "通信": "telecom",
    "铁塔": "telecom",
    "广电": "telecom",
    "燃气": "gas",
    "供热": "heating",
    "照明": "lighting",
    "住建": "housing",
    "施工": "housing",
    "房管": "housing",
    "市场监管": "markets",
}
