"""What the exports of well-known systems call their columns, where the words alone mislead.

An export is recognised by titles that few others have, as they are written. What a column of it
means is told in the words of ``aliases``; None says that it is no fact of the customer at all,
whatever its title: in Odoo "Company" is the seller's own company, and "Title" is Mr or Ms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Preset:
    """An export that is known. ``signs`` are titles as written; ``needs`` of them tell it."""

    id: str
    title: str
    signs: frozenset[str]
    needs: int
    means: Mapping[str, str | None]
    """The meaning of a title, by its writing: a word of ``aliases``, or None for no fact."""
    lead_id: tuple[str, ...] = ()
    """Titles that name the lead, the preferred one first."""
    percents: frozenset[str] = field(default=frozenset())
    """Titles of columns whose bare numbers are percents: 35 is 35 %."""

    def fits(self, headers: Sequence[str]) -> int:
        """Return how many of the signs are among the titles, 0 where they are too few."""
        found = len(self.signs & {header.strip().removeprefix("\ufeff") for header in headers})
        return found if found >= self.needs else 0


def recognised(headers: Sequence[str]) -> Preset | None:
    """Return the preset that an export's titles fit best, None where none does or two do."""
    scores = sorted(
        ((preset.fits(headers), preset.id) for preset in PRESETS.values()), reverse=True
    )
    (best, name), (second, _) = scores[:2]
    return PRESETS[name] if best > second else None


_ALL = (
    Preset(
        id="hubspot-contacts",
        title="HubSpot contacts",
        signs=frozenset({"Record ID", "Contact owner", "Lifecycle Stage", "Lead Status",
                         "Create Date", "Original Source", "Marketing contact status",
                         "Mobile Phone Number", "Associated Company"}),
        needs=4,
        means={
            "Contact owner": "owner", "Lead Status": "lead status", "Lifecycle Stage": None,
            "Create Date": "created", "Original Source": "lead source",
            "Last Activity Date": "last activity", "Mobile Phone Number": "mobile",
            "Associated Company": "company", "Unsubscribed from all email": "do not contact",
            "Number of employees": "employees",
        },
        lead_id=("Record ID",),
    ),
    Preset(
        id="hubspot-companies",
        title="HubSpot companies",
        signs=frozenset({"Company name", "Company owner", "Company Domain Name", "Record ID",
                         "Number of Employees", "Annual Revenue", "Create Date", "Customer since",
                         "Segment", "Lifecycle Stage"}),
        needs=4,
        means={
            "Company name": "company", "Company owner": "owner", "Company Domain Name": "website",
            "Number of Employees": "employees", "Create Date": "created",
            "Lifecycle Stage": None, "Parent Company": None,
        },
        lead_id=("Record ID",),
    ),
    Preset(
        id="hubspot-deals",
        title="HubSpot deals",
        signs=frozenset({"Deal Name", "Deal Stage", "Deal owner", "Pipeline", "Close Date",
                         "Associated Company", "Associated Contact", "Deal Type"}),
        needs=3,
        means={
            "Amount": "deal size", "Deal Name": None, "Deal Stage": "stage",
            "Deal owner": "owner", "Close Date": "close date", "Create Date": "created",
            "Associated Company": "company", "Associated Contact": "contact",
            "Deal probability": "probability",
        },
        lead_id=("Record ID", "Deal ID"),
    ),
    Preset(
        id="salesforce-leads",
        title="Salesforce leads",
        signs=frozenset({"FirstName", "LastName", "LeadSource", "OwnerId", "IsConverted",
                         "ConvertedDate", "AnnualRevenue", "NumberOfEmployees", "CreatedDate",
                         "CreatedById", "LastModifiedDate", "SystemModstamp"}),
        needs=3,
        means={
            "Title": "job title", "Name": "contact", "Company": "company",
            "Status": "lead status", "LeadSource": "lead source", "OwnerId": "owner",
            "HasOptedOutOfEmail": "do not contact", "DoNotCall": None,
            "LastActivityDate": "last activity", "CreatedDate": "created", "IsConverted": None,
            "PostalCode": "postal code", "State": "province", "MobilePhone": "mobile",
        },
        lead_id=("Id", "Lead ID", "LeadId"),
    ),
    Preset(
        id="salesforce-opportunities",
        title="Salesforce opportunities",
        signs=frozenset({"StageName", "CloseDate", "AccountId", "IsWon", "IsClosed",
                         "ForecastCategory", "ForecastCategoryName", "OwnerId",
                         "Opportunity Name", "Opportunity Owner", "Account Name", "Close Date",
                         "Probability (%)", "Fiscal Period"}),
        needs=3,
        means={
            "Amount": "deal size", "ExpectedRevenue": None, "StageName": "stage",
            "CloseDate": "close date", "Close Date": "close date", "Name": None,
            "Opportunity Name": None, "Account Name": "company", "OwnerId": "owner",
            "Opportunity Owner": "owner", "Probability": "probability",
            "Probability (%)": "probability", "Type": None,
        },
        lead_id=("Id", "Opportunity ID"),
        percents=frozenset({"Probability", "Probability (%)"}),
    ),
    Preset(
        id="odoo-leads",
        title="Odoo CRM",
        signs=frozenset({"Opportunity", "Salesperson", "Sales Team", "Expected Revenue",
                         "Expected Closing", "Contact Name", "External ID", "Activities",
                         "Probability", "Lost Reason", "Job Position"}),
        needs=3,
        means={
            "Company": None, "Title": None, "Opportunity": None, "Company Name": "company",
            "Customer": "company", "Contact Name": "contact", "Job Position": "job title",
            "Salesperson": "owner", "Sales Team": None, "Expected Revenue": "deal size",
            "Expected Closing": "close date", "Probability": "probability",
            "Zip": "postal code", "Created on": "created", "Lost Reason": "lost reason",
        },
        lead_id=("External ID", "ID", "id"),
        percents=frozenset({"Probability"}),
    ),
    Preset(
        id="zoho-leads",
        title="Zoho CRM leads",
        signs=frozenset({"Lead Owner", "Lead Name", "Lead Source", "Lead Status",
                         "No. of Employees", "Email Opt Out", "Skype ID", "Secondary Email",
                         "Last Activity Time", "Record Id", "Created Time"}),
        needs=3,
        means={
            "Lead Name": "contact", "Lead Owner": "owner", "Title": "job title",
            "No. of Employees": "employees", "Created Time": "created",
            "Last Activity Time": "last activity", "Secondary Email": None,
            "Email Opt Out": "do not contact",
        },
        lead_id=("Record Id", "Lead Id"),
    ),
    Preset(
        id="pipedrive",
        title="Pipedrive",
        signs=frozenset({"Deal - Title", "Deal - ID", "Deal - Value", "Deal - Stage",
                         "Deal - Owner", "Deal - Status", "Person - Name", "Person - Email",
                         "Person - Phone", "Organization - Name", "Organization - ID",
                         "Activity - Subject", "Activity - Type", "Activity - Due date",
                         "Lead - Title", "Lead - ID", "Lead - Owner"}),
        needs=2,
        means={
            "Deal - Title": None, "Lead - Title": None, "Activity - Subject": None,
            "Deal - Value": "deal size", "Lead - Value": "deal size", "Deal - Stage": "stage",
            "Deal - Owner": "owner", "Lead - Owner": "owner", "Organization - Owner": None,
            "Activity - Assigned to user": "owner", "Deal - Probability": "probability",
            "Deal - Expected close date": "close date", "Deal - Deal created": "created",
            "Deal - Lost reason": "lost reason", "Person - Name": "contact",
            "Person - Email": "email", "Person - Phone": "phone", "Person - Job title": "job title",
            "Organization - Name": "company", "Organization - Address": "address",
            "Organization - Industry": "industry",
            "Organization - Annual revenue": "annual revenue",
            "Organization - Number of employees": "employees", "Lead - Source": "lead source",
            "Activity - Note": "notes",
        },
        lead_id=("Lead - ID", "Deal - ID", "Organization - ID", "Person - ID", "Activity - ID"),
        percents=frozenset({"Deal - Probability"}),
    ),
    Preset(
        id="suitecrm-leads",
        title="SuiteCRM leads",
        signs=frozenset({"Account Name", "Account Description", "Non Primary E-mails",
                         "Primary Address City", "Primary Address Street", "Office Phone",
                         "Lead Source Description", "Opportunity Amount", "Do Not Call",
                         "Assigned User", "Date Created", "Date Modified", "Lawful Basis"}),
        needs=4,
        means={
            "Account Name": "company", "Account Description": None, "Salutation": None,
            "Office Phone": "phone", "Home Phone": None, "Other Phone": None,
            "Email Address": "email", "Non Primary E-mails": None,
            "Primary Address Street": "address", "Primary Address City": "city",
            "Primary Address State": "province", "Primary Address Postalcode": "postal code",
            "Primary Address Country": "country", "Address": None, "Status": "lead status",
            "Opportunity Amount": "deal size", "Opportunity Name": None, "Do Not Call": None,
            "Assigned to": "owner", "Assigned User": None, "Date Created": "created",
            "Description": "notes", "Converted": None, "Deleted": None,
        },
        lead_id=("ID",),
    ),
    Preset(
        id="chinese-crm",
        title="中文 CRM 模板",
        signs=frozenset({"线索名称", "线索来源", "线索状态", "预计成交金额", "预计金额",
                         "需求描述", "优先级", "客户等级", "客户行业", "客户状态",
                         "客户类型", "归属人", "最近沟通时间",
                         "数据来源", "跟进状态", "账户状态", "联系人"}),
        needs=3,
        means={
            "线索名称": None, "客户名称": "company", "客户状态": "lead status",
            "预计金额": "deal size", "预计成交金额": "deal size", "最近沟通时间": "last activity",
            "省": "province", "市": "city", "区": None, "数据来源": "lead source",
            "创建人": None, "更新时间": None, "沟通内容": None, "需求描述": "notes",
        },
        lead_id=("线索编号", "线索ID", "客户编号", "编号"),
    ),
    Preset(
        id="chinese-register",
        title="中文工商登记信息",
        signs=frozenset({"统一社会信用代码", "法定代表人", "注册资本", "登记状态", "成立日期",
                         "组织机构代码", "参保人数", "曾用名", "经营范围", "风险等级"}),
        needs=3,
        means={
            "公司名称": "company", "企业名称": "company", "企业地址": "address",
            "注册地址": "address",
            "联系邮箱": "email", "行业一级": "industry", "行业二级": None, "行业三级": None,
            "登记状态": None, "注册号": None, "参保人数": None, "法定代表人": None,
        },
        lead_id=("统一社会信用代码",),
    ),
)  # fmt: skip

PRESETS: Mapping[str, Preset] = {preset.id: preset for preset in _ALL}
"""The known exports by id."""
