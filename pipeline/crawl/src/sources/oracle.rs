//! Oracle Recruiting career sites: a paged list without text, and a detail of each posting with it.

use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, OnDrift, POSTING, RawPlace, RawPosting, Reading, Record,
    Rejection, Remote, Section, Source, Stated,
};
use pipeline_core::{Error, Result};
use serde_json::Value;
use url::Url;

use super::json::{self, Body, Fields};
use super::markup::section_at;
use super::{address, board, hosts, rows};

/// The source.
pub static SOURCE: Oracle = Oracle;

/// Oracle Recruiting career sites.
pub struct Oracle;

static DESCRIPTION: Description = Description {
    name: "oracle",
    title: "Oracle Recruiting",
    board: Some(
        "host and site number, as in HOST/CX_1 of https://HOST/hcmUI/CandidateExperience/en/sites/CX_1, where HOST ends \
         with oraclecloud.com",
    ),
    ids_are_global: false,
    min_gap_ms: 2_000,
    min_interval_s: 21_600,
    listing_is_complete: true,
    terms: "The interface behind public career sites, read without a key; robots.txt is obeyed as found, and every \
            posting links to its page.",
    reference: "https://docs.oracle.com/en/cloud/saas/human-resources/farws/ (recruitingCEJobRequisitions; no limit is \
                stated for guests, the gap is our own)",
    ..Description::BASE
};

/// Rows of one page.
const PAGE: u64 = 100;
/// Rows after which paging ends whatever the site announces.
const MOST_ROWS: u64 = 20_000;
/// The vendor's domains.
const DOMAINS: [&str; 3] = [".oraclecloud.com", ".oraclecloud.eu", ".oraclegovcloud.com"];
/// The path of its interface.
const INTERFACE: &str = "hcmRestApi/resources/latest";

/// The form of its records, as they have been seen, in lists and in details.
static CONTRACT: Contract = Contract {
    fields: &[
        Field::essential("Id", "string|number"),
        Field::essential("Title", "string"),
        Field::value("PostedDate", "string"),
        Field::value("ExternalPostedStartDate", "string"),
        Field::value("ExternalPostedEndDate", "string"),
        Field::value("PostingEndDate", "string"),
        Field::value("PrimaryLocation", "string"),
        Field::value("PrimaryLocationCountry", "string"),
        Field::value("secondaryLocations", "array"),
        Field::value("otherWorkLocations", "array"),
        Field::value("ShortDescriptionStr", "string"),
        Field::value("ExternalDescriptionStr", "string"),
        Field::value("ExternalResponsibilitiesStr", "string"),
        Field::value("ExternalQualificationsStr", "string"),
        Field::value("CorporateDescriptionStr", "string"),
        Field::value("OrganizationDescriptionStr", "string"),
        Field::value("WorkplaceType", "string"),
        Field::value("WorkplaceTypeCode", "string"),
        Field::value("LegalEmployer", "string"),
        Field::value("Department", "string"),
        Field::value("Category", "string"),
        Field::value("JobFunction", "string"),
        Field::value("JobFamily", "string"),
        Field::value("JobSchedule", "string"),
        Field::value("ContractType", "string"),
        Field::value("JobType", "string"),
        Field::value("WorkerType", "string"),
        Field::value("ManagerLevel", "string"),
        Field::value("JobLevel", "string"),
    ],
    unknown: OnDrift::Evolve,
    known: &[
        "RequisitionId",
        "RequisitionType",
        "Language",
        "JobShift",
        "JobGrade",
        "JobFunctionCode",
        "JobFamilyId",
        "StudyLevel",
        "DomesticTravelRequired",
        "InternationalTravelRequired",
        "WorkDurationYears",
        "WorkDurationMonths",
        "WorkHours",
        "WorkDays",
        "WorkYears",
        "WorkMonths",
        "LegalEmployerId",
        "BusinessUnit",
        "BusinessUnitId",
        "Organization",
        "OrganizationId",
        "GeographyId",
        "GeographyNodeId",
        "MediaThumbURL",
        "Distance",
        "TrendingFlag",
        "BeFirstToApplyFlag",
        "Relevancy",
        "HotJobFlag",
        "workLocation",
        "skills",
        "media",
        "requisitionFlexFields",
        "primaryLocationCoordinates",
        "ContactName",
        "ContactEmail",
        "NumberOfOpenings",
        "ObjectVerNumberProfile",
        "ApplyWhenNotPostedFlag",
        "ExternalContactName",
        "ExternalContactEmail",
        "HiringManager",
        "ContentLocale",
        "links",
    ],
};

impl Source for Oracle {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn contract(&self) -> Option<&'static Contract> {
        Some(&CONTRACT)
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        address::parameters(board, &[])?;
        let site = Site::named(&board.name).ok_or_else(|| {
            Error::config(format!("`{}` cannot be the name of an oracle board", board.name.escape_debug()))
                .hint("give HOST/CX_1 of https://HOST/hcmUI/CandidateExperience/en/sites/CX_1")
        })?;
        Ok(vec![site.page(0)])
    }

    fn read(&self, answer: &Answer<'_>) -> std::result::Result<Reading, Rejection> {
        let body = json::body(answer)?;
        if body.value.get("Id").is_some() {
            return details(std::slice::from_ref(&body.value), answer);
        }
        let items = body.list("items")?;
        let is_detail = |item: &Value| item.get("requisitionList").is_none() && item.get("Id").is_some();
        let asked = answer.context.contains_key(POSTING);
        if (asked && items.iter().all(is_detail)) || items.first().is_some_and(is_detail) {
            return details(items, answer);
        }
        let list = items.first().and_then(|first| json::at(first, "requisitionList"));
        let Some(Value::Array(found)) = list else {
            return Err(body.wrong_shape("`items[].requisitionList` should be a list").field("requisitionList"));
        };
        let announced = items.first().and_then(|first| first.get("TotalJobsCount")).and_then(Value::as_u64);
        let reading = json::contracted(&CONTRACT, found, |row| posting(row, answer))?;
        let reading = if rows::is_crawled(answer) { follow(answer, &body, reading, found)? } else { reading };
        Ok(Reading { announced, ..reading })
    }

    fn board_at(&self, url: &Url) -> Option<Board> {
        Some(Board { name: Site::at(url)?.board(), ..Board::default() })
    }
}

/// A career site.
struct Site {
    host: String,
    /// Its number, as in `CX_1`.
    number: String,
}

impl Site {
    /// The site that a board's name or the address of its pages names.
    fn named(name: &str) -> Option<Self> {
        let name = name.trim();
        if name.starts_with("https://") {
            return Self::at(&Url::parse(name).ok()?);
        }
        let (host, number) = name.split_once('/')?;
        Self::new(&host.to_ascii_lowercase(), number)
    }

    /// The site that an address of its pages or its interface belongs to.
    fn at(url: &Url) -> Option<Self> {
        let segments = hosts::segments(url);
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let host = url.host_str()?.to_ascii_lowercase();
        match segments.as_slice() {
            ["hcmUI", "CandidateExperience", _, "sites", number, ..]
            | ["hcmUI", "CandidateExperience", "sites", number, ..] => Self::new(&host, number),
            ["hcmRestApi", "resources", _, resource, ..] if resource.starts_with("recruitingCE") => {
                let finder = hosts::parameter(url, "finder")?;
                let number = finder.split([';', ',']).find_map(|part| part.trim().strip_prefix("siteNumber="))?;
                Self::new(&host, number.trim_matches('"'))
            }
            _ => None,
        }
    }

    /// The site `number` at `host`, unless one of them cannot be one.
    fn new(host: &str, number: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let labels = DOMAINS.iter().find_map(|domain| host.strip_suffix(domain))?;
        let hosted = labels.len() <= 150 && labels.split('.').all(board::is_host_label);
        let named = (1..=100).contains(&number.len()) && number.bytes().all(plain);
        (hosted && named).then(|| Self { host: host.to_owned(), number: number.to_owned() })
    }

    fn board(&self) -> String {
        format!("{}/{}", self.host, self.number)
    }

    /// The ask for the page that starts at row `offset`.
    fn page(&self, offset: u64) -> Ask {
        let Self { host, number } = self;
        let finder = format!("findReqs;siteNumber={number},limit={PAGE},offset={offset},sortBy=POSTING_DATES_DESC");
        Ask::get(format!(
            "https://{host}/{INTERFACE}/recruitingCEJobRequisitions?onlyData=true\
             &expand=requisitionList.secondaryLocations&finder={finder}"
        ))
        .with(board::CRAWL, 1)
        .with("offset", offset)
    }

    /// The address of the detail of posting `id`, unless that cannot stand in an address.
    fn detail(&self, id: &str) -> Option<String> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let Self { host, number } = self;
        id.bytes().all(plain).then(|| {
            format!(
                "https://{host}/{INTERFACE}/recruitingCEJobRequisitionDetails?expand=all&onlyData=true\
                 &finder=ById;Id=%22{id}%22,siteNumber={number}"
            )
        })
    }

    /// The page that shows posting `id`.
    fn shown(&self, id: &str) -> Option<String> {
        let base = format!("https://{}/hcmUI/CandidateExperience/en/sites/{}/job", self.host, self.number);
        board::address_of(&base, &[id]).ok().map(String::from)
    }
}

/// What a crawled page leads to: the detail of each row, and the next page.
fn follow(
    answer: &Answer<'_>,
    body: &Body<'_>,
    reading: Reading,
    found: &[Value],
) -> std::result::Result<Reading, Rejection> {
    let site = Site::named(answer.board)
        .ok_or_else(|| body.wrong_shape(format!("`{}` cannot be the name of an oracle board", answer.board)))?;
    let mut followed = Reading { findings: reading.findings, ..Reading::default() };
    for (record, row) in reading.records.into_iter().zip(found) {
        let Record::Posting(posting) = record else {
            followed.records.push(record);
            continue;
        };
        match site.detail(&posting.external_id) {
            Some(url) => followed.next.push(rows::ask(url, &posting.external_id, row)),
            None => {
                let rejection = Rejection::of_json("address-unusable", "`Id` cannot stand in an address", row);
                followed.records.push(Record::Rejected(rejection.field("Id")));
            }
        }
    }
    let offset = answer.context.get("offset").and_then(|offset| offset.parse::<u64>().ok()).unwrap_or(0);
    let total = json::at(&body.value, "items").and_then(|items| items.get(0)?.get("TotalJobsCount")?.as_u64());
    let seen = offset.saturating_add(found.len() as u64);
    let more = total.map_or(found.len() as u64 >= PAGE, |total| seen < total);
    if more && !found.is_empty() && seen < MOST_ROWS {
        followed.next.push(site.page(seen));
    }
    Ok(followed)
}

/// The records of a detail, each with what its row says and it does not. None when the posting is gone.
fn details(items: &[Value], answer: &Answer<'_>) -> std::result::Result<Reading, Rejection> {
    let row = rows::of(answer);
    let whole = |item: &Value| {
        let mut item = item.clone();
        if let (Value::Object(item), Some(Value::Object(row))) = (&mut item, &row) {
            for (name, value) in row {
                if item.get(name).is_none_or(Value::is_null) {
                    item.insert(name.clone(), value.clone());
                }
            }
        }
        item
    };
    let items: Vec<Value> = items.iter().map(whole).collect();
    let reading = json::contracted(&CONTRACT, &items, |item| posting(item, answer))?;
    Ok(Reading { detail: true, ..reading })
}

fn posting(job: Fields<'_>, answer: &Answer<'_>) -> std::result::Result<RawPosting, Rejection> {
    let site = Site::named(answer.board);
    let external_id = job.id("Id")?;
    let url = site.as_ref().and_then(|site| site.shown(&external_id));
    let mut posting = RawPosting {
        title: job.title("Title")?,
        company: job.text("LegalEmployer"),
        places: places(job),
        remote: remote(job),
        posted_at: job.instant("ExternalPostedStartDate").or_else(|| job.instant("PostedDate")),
        closes_at: job.instant("ExternalPostedEndDate").or_else(|| job.instant("PostingEndDate")),
        level: first(job, &["JobLevel", "ManagerLevel"]),
        employment: first(job, &["JobSchedule", "ContractType", "JobType", "WorkerType"]),
        department: first(job, &["Department", "Category", "JobFunction", "JobFamily"]).map(|stated| stated.value),
        sections: sections(job),
        apply_url: url.clone(),
        url,
        external_id,
        ..RawPosting::default()
    };
    let tenant = site.as_ref().and_then(|site| site.host.split('.').next()).unwrap_or(answer.board);
    board::name_company(&mut posting, tenant);
    Ok(posting)
}

fn first(job: Fields<'_>, fields: &[&str]) -> Option<Stated<String>> {
    fields.iter().find_map(|field| job.stated_text(field))
}

/// The main place with its country, then the further ones.
fn places(job: Fields<'_>) -> Vec<RawPlace> {
    let country = job.text("PrimaryLocationCountry");
    let main = job.text("PrimaryLocation");
    let mut places = Vec::new();
    if main.is_some() || country.is_some() {
        places.push(RawPlace { field: "PrimaryLocation".to_owned(), text: main, country, ..RawPlace::default() });
    }
    let further = job.objects("secondaryLocations").into_iter().filter_map(|at| {
        let text = at.text("Name").or_else(|| at.text("LocationName"));
        let country = at.text("CountryCode");
        let field = "secondaryLocations[]".to_owned();
        (text.is_some() || country.is_some()).then(|| RawPlace { field, text, country, ..RawPlace::default() })
    });
    places.extend(further);
    places
}

fn remote(job: Fields<'_>) -> Option<Stated<Remote>> {
    [("WorkplaceType", ""), ("WorkplaceTypeCode", "ORA_")].into_iter().find_map(|(field, prefix)| {
        let words = job.text(field)?;
        let how = board::remote_of(words.strip_prefix(prefix).unwrap_or(&words));
        if how.is_none() {
            job.warn("remote-unknown");
        }
        how.map(|how| Stated::new(how, field))
    })
}

/// The description and what goes with it; the short one stands in where there is no other.
fn sections(job: Fields<'_>) -> Vec<Section> {
    let parts = [
        ("ExternalDescriptionStr", None),
        ("ExternalResponsibilitiesStr", Some("Responsibilities")),
        ("ExternalQualificationsStr", Some("Qualifications")),
        ("CorporateDescriptionStr", Some("About the company")),
        ("OrganizationDescriptionStr", Some("About the organization")),
    ];
    let sections: Vec<Section> =
        parts.into_iter().filter_map(|(path, heading)| section_at(job, path, heading)).collect();
    if sections.is_empty() {
        return section_at(job, "ShortDescriptionStr", None).into_iter().collect();
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::testing::{boards_at, read_crawled, rules};

    const BOARD: &str = "acme.fa.us2.oraclecloud.com/CX_1";

    fn read(body: &str, context: &[(&str, &str)]) -> std::result::Result<Reading, Rejection> {
        read_crawled(&SOURCE, BOARD, body, context)
    }

    #[test]
    fn a_crawled_page_asks_for_details_and_the_rest() {
        let body = r#"{"items":[{"TotalJobsCount":5,"requisitionList":[{"Id":"7","Title":"A"},{"Title":"B"},
            {"Id":"a,b","Title":"C"}]}]}"#;
        let reading = read(body, &[("crawl", "1"), ("offset", "1")]).expect("is a page");
        assert_eq!(rules(&reading), ["id-missing", "address-unusable"]);
        assert_eq!((reading.next.len(), reading.announced), (2, Some(5)));
        assert!(
            reading.next[0].url.contains("Details?expand=all&onlyData=true&finder=ById;Id=%227%22,siteNumber=CX_1")
        );
        assert_eq!(reading.next[0].context[POSTING], "7");
        assert!(reading.next[1].url.contains("siteNumber=CX_1,limit=100,offset=4,"), "{}", reading.next[1].url);
        let last = read(body, &[("crawl", "1"), ("offset", "2")]).expect("is a page");
        assert_eq!(last.next.len(), 1);
    }

    #[test]
    fn a_detail_adds_the_text_and_keeps_the_places_of_its_row() {
        let row = r#"{"Id":"7","Title":"A","PostedDate":"2026-11-02","PrimaryLocation":"Leeds, United Kingdom",
            "secondaryLocations":[{"Name":"York, United Kingdom","CountryCode":"GB"}]}"#;
        let body = r#"{"items":[{"Id":"7","Title":"A","PrimaryLocationCountry":"GB","WorkplaceTypeCode":"ORA_ON_SITE",
            "ShortDescriptionStr":"short","ExternalDescriptionStr":"<p>Long</p>"}]}"#;
        let reading = read(body, &[(POSTING, "7"), ("row", row)]).expect("is a detail");
        let Record::Posting(posting) = &reading.records[0] else { panic!("is a posting") };
        assert_eq!((posting.places.len(), posting.places[0].country.as_deref()), (2, Some("GB")));
        assert_eq!(posting.remote.as_ref().map(|remote| remote.value), Some(Remote::Onsite));
        assert_eq!((posting.sections.len(), posting.sections[0].body.as_str()), (1, "<p>Long</p>"));
        assert!(posting.posted_at.is_some() && reading.detail);
        assert_eq!(
            posting.url.as_deref(),
            Some("https://acme.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1/job/7")
        );
    }

    #[test]
    fn a_detail_of_nothing_is_no_posting_and_a_list_of_nothing_no_list() {
        let gone = read(r#"{"items":[],"count":0}"#, &[(POSTING, "7")]).expect("is a detail");
        assert!(gone.detail && gone.records.is_empty());
        for body in [r#"{"items":[]}"#, r#"{"items":[{"requisitionList":null}]}"#, r#"{"title":"Bad Request"}"#] {
            assert_eq!(read(body, &[]).err().map(|rejection| rejection.rule), Some("wrong-shape"), "{body}");
        }
        let empty = read(r#"{"items":[{"TotalJobsCount":0,"requisitionList":[]}]}"#, &[]).expect("is a list");
        assert_eq!((empty.records.len(), empty.announced), (0, Some(0)));
    }

    #[test]
    fn an_address_of_a_site_names_it() {
        let urls = [
            "https://acme.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1/job/7?x=1",
            "https://acme.fa.ocs.oraclecloud.com/hcmUI/CandidateExperience/en-GB/sites/careers/requisitions",
            "https://acme.fa.us2.oraclecloud.com/hcmRestApi/resources/latest/recruitingCEJobRequisitions?finder=findReqs;siteNumber=CX_2,limit=5",
            "https://careers.example.com/hcmUI/CandidateExperience/en/sites/CX_1",
            "https://acme.fa.us2.oraclecloud.com/fscmUI/faces/x",
            "https://oraclecloud.com.evil.example/hcmUI/CandidateExperience/en/sites/CX_1",
        ];
        let found = boards_at(&SOURCE, &urls);
        assert_eq!(found[..2], [BOARD, "acme.fa.ocs.oraclecloud.com/careers"]);
        assert_eq!(found[2..], ["acme.fa.us2.oraclecloud.com/CX_2", "", "", ""]);
        for name in [
            "CX_1",
            "evil.example/CX_1",
            "a.oraclecloud.com/CX 1",
            "a.oraclecloud.com/CX_1,limit=9",
            ".oraclecloud.com/CX",
        ] {
            assert!(SOURCE.start(&Board { name: name.to_owned(), ..Board::default() }).is_err(), "{name}");
        }
    }
}
