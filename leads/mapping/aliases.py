"""What the usual columns of customer lists are called, in English and Chinese.

A fact that has one of a group's writings among its own names is found under all of them. A group
holds only writings that mean the same thing: a share capital is no revenue, a mobile phone may be
the only phone, but is not the office's.
"""

from __future__ import annotations

GROUPS: tuple[tuple[str, ...], ...] = (
    # who
    ("company", "company name", "account", "account name", "organization", "organisation",
     "organization name", "公司", "公司名称", "企业名称", "单位名称", "客户名称"),
    ("contact", "contact name", "contact person", "full name", "联系人", "联系人姓名"),
    ("first name", "given name", "名"),
    ("last name", "surname", "family name", "姓", "姓氏"),
    ("job title", "position", "job position", "role", "职位", "职务", "岗位"),
    ("department", "部门", "所属部门"),
    # how to reach them
    ("email", "e-mail", "email address", "mail", "邮箱", "电子邮箱", "电子邮件", "邮件地址"),
    ("phone", "phone number", "telephone", "tel", "business phone", "电话", "联系电话", "电话号码"),
    ("mobile", "mobile phone", "mobile number", "cell phone", "手机", "手机号", "手机号码"),
    ("wechat", "wechat id", "微信", "微信号"),
    ("website", "url", "web site", "homepage", "网址", "官网", "网站", "公司网站"),
    ("address", "street", "street address", "地址", "详细地址", "公司地址"),
    ("city", "town", "城市", "所在城市"),
    ("province", "state", "state/province", "省", "省份", "所在省份"),
    ("country", "country/region", "国家", "国家/地区", "国别"),
    ("postal code", "postcode", "zip", "zip code", "邮编", "邮政编码"),
    # what they are
    ("industry", "sector", "vertical", "行业", "所属行业", "客户行业", "行业类别"),
    ("employees", "number of employees", "no. of employees", "employee count", "headcount",
     "员工人数", "员工数", "员工数量", "人员规模"),
    ("annual revenue", "revenue", "yearly revenue", "annual turnover", "turnover",
     "年营收", "年营业额", "年收入", "营业收入", "年营业收入"),
    ("registered capital", "注册资本", "注册资金"),
    ("credit grade", "credit rating", "信用等级", "信用评级", "信誉评级"),
    # where they stand
    ("lead source", "source", "original source", "线索来源", "客户来源", "来源", "来源渠道"),
    ("campaign", "campaign name", "utm campaign", "市场活动", "活动名称"),
    ("lead status", "status", "线索状态", "状态", "跟进状态"),
    ("stage", "sales stage", "deal stage", "阶段", "销售阶段", "商机阶段"),
    ("owner", "lead owner", "record owner", "assigned to", "salesperson", "sales rep",
     "负责人", "归属人", "跟进人", "销售负责人"),
    ("rating", "priority", "客户等级", "客户级别", "线索等级"),
    ("intent", "intention", "purchase intent", "意向", "意向等级", "购买意向"),
    ("budget", "预算", "采购预算"),
    ("deal size", "expected revenue", "expected amount", "opportunity amount",
     "预计金额", "预计成交金额", "商机金额"),
    ("probability", "win probability", "win rate", "赢率", "成交概率"),
    # when
    ("created", "created at", "created on", "create date", "created date", "creation date",
     "创建时间", "创建日期"),
    ("last activity", "last activity date", "last contacted", "last contact date",
     "最近跟进时间", "最后跟进时间", "最近联系时间"),
    ("next contact", "next contact date", "next activity date", "下次联系时间", "下次跟进时间"),
    ("close date", "closed date", "closed at", "关闭时间", "成交日期"),
    # what was said
    ("do not contact", "opt out", "email opt out", "unsubscribed", "是否退订", "勿扰"),
    ("lost reason", "loss reason", "输单原因", "无效原因", "丢单原因"),
    ("tags", "labels", "标签"),
    ("notes", "comments", "remarks", "description", "备注", "说明", "描述"),
)  # fmt: skip

LEAD_IDS = (
    "lead id", "线索编号", "线索id", "record id", "external id", "customer id", "account id",
    "company id", "contact id", "客户编号", "客户id", "企业代号", "企业编号", "记录编号",
    "id", "编号", "lead", "lead no", "lead number",
)  # fmt: skip
"""Headers that name the lead where the book does not say, the preferred one first."""
