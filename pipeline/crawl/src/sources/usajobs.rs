//! USAJOBS: the vacancies of the United States government. Numbers and flags come as text.

use pipeline_core::Result;
use pipeline_core::money::Period;
use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, OnDrift, RawPay, RawPlace, RawPosting, Reading, Rejection,
    Remote, SecretPlace, Section, Source, Stated,
};
use rust_decimal::Decimal;

use super::address;
use super::json::{self, Body, Fields};
use super::markup::{section, section_at};

/// The source.
pub static SOURCE: UsaJobs = UsaJobs;

/// The search interface of USAJOBS.
#[derive(Debug)]
pub struct UsaJobs;

static DESCRIPTION: Description = Description {
    name: "usajobs",
    title: "USAJOBS",
    board: None,
    ids_are_global: true,
    min_gap_ms: 1_000,
    min_interval_s: 3_600,
    secrets: &["email", "authorization_key"],
    listing_is_complete: false,
    terms: "A free key is needed, and the e-mail address it was given to as user agent; the content is public domain.",
    reference: "https://developer.usajobs.gov/api-reference/get-api-search",
    ..Description::BASE
};

const PARAMETERS: &[(&str, &str)] = &[
    ("category", "JobCategoryCode"),
    ("days", "DatePosted"),
    ("location", "LocationName"),
    ("organization", "Organization"),
    ("query", "Keyword"),
    ("remote", "RemoteIndicator"),
];

/// The context that holds the number of the page asked.
const PAGE: &str = "page";

/// The form of its records, as they have been seen.
static CONTRACT: Contract = Contract {
    fields: &[
        Field::loose("MatchedObjectId", "string|number"),
        Field::essential("MatchedObjectDescriptor", "object"),
        Field::value("MatchedObjectDescriptor.PositionID", "string"),
        Field::essential("MatchedObjectDescriptor.PositionTitle", "string"),
        Field::value("MatchedObjectDescriptor.OrganizationName", "string"),
        Field::value("MatchedObjectDescriptor.DepartmentName", "string"),
        Field::value("MatchedObjectDescriptor.PositionURI", "string"),
        Field::loose("MatchedObjectDescriptor.ApplyURI", "array|string"),
        Field::value("MatchedObjectDescriptor.PositionLocation", "array"),
        Field::value("MatchedObjectDescriptor.PositionLocation[].LocationName", "string"),
        Field::value("MatchedObjectDescriptor.PositionLocation[].CountryCode", "string"),
        Field::value("MatchedObjectDescriptor.PositionRemuneration", "array"),
        Field::value("MatchedObjectDescriptor.PositionRemuneration[].MinimumRange", "string|number"),
        Field::value("MatchedObjectDescriptor.PositionRemuneration[].MaximumRange", "string|number"),
        Field::value("MatchedObjectDescriptor.PositionRemuneration[].RateIntervalCode", "string"),
        Field::value("MatchedObjectDescriptor.PublicationStartDate", "string"),
        Field::value("MatchedObjectDescriptor.ApplicationCloseDate", "string"),
        Field::value("MatchedObjectDescriptor.QualificationSummary", "string"),
        Field::value("MatchedObjectDescriptor.UserArea", "object"),
        Field::value("MatchedObjectDescriptor.UserArea.Details", "object"),
        Field::value("MatchedObjectDescriptor.JobGrade", "array"),
        Field::value("MatchedObjectDescriptor.UserArea.Details.JobSummary", "string"),
        Field::loose("MatchedObjectDescriptor.UserArea.Details.RemoteIndicator", "boolean|string"),
    ],
    unknown: OnDrift::Evolve,
    known: &["RelevanceRank", "MatchedObjectType"],
};

impl Source for UsaJobs {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn contract(&self) -> Option<&'static Contract> {
        Some(&CONTRACT)
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        let parameters = address::parameters(board, PARAMETERS)?;
        let paging = [("ResultsPerPage", "500"), ("Page", "1")];
        let url = address::with_query("https://data.usajobs.gov/api/Search", parameters.into_iter().chain(paging));
        Ok(vec![ask(url, 1)])
    }

    fn read(&self, answer: &Answer<'_>) -> Result<Reading, Rejection> {
        let body = json::body(answer)?;
        let reading = json::contracted(&CONTRACT, body.list("SearchResult.SearchResultItems")?, posting)?;
        let next = if reading.records.is_empty() { None } else { next(answer, &body) };
        Ok(Reading {
            next: next.into_iter().collect(),
            announced: count(&body, "SearchResult.SearchResultCountAll"),
            ..reading
        })
    }

    fn board_of(&self, _body: &[u8]) -> Option<String> {
        Some(DESCRIPTION.name.to_owned())
    }
}

fn ask(url: String, page: u64) -> Ask {
    let header = |name: &str| SecretPlace::Header(name.to_owned());
    let secrets = vec![(header("User-Agent"), "email"), (header("Authorization-Key"), "authorization_key")];
    Ask { secrets, ..Ask::get(url).with(PAGE, page) }
}

fn next(answer: &Answer<'_>, body: &Body<'_>) -> Option<Ask> {
    let page: u64 = answer.context.get(PAGE)?.parse().ok()?;
    let pages = count(body, "SearchResult.UserArea.NumberOfPages")?;
    let url = address::with_parameter(answer.url, "Page", &(page + 1).to_string()).filter(|_| page < pages)?;
    Some(ask(url, page + 1))
}

/// The count at `path`, a number or a text of digits.
fn count(body: &Body<'_>, path: &str) -> Option<u64> {
    json::at(&body.value, path).and_then(pipeline_core::read::text_of)?.parse().ok()
}

fn posting(fields: Fields<'_>) -> Result<RawPosting, Rejection> {
    const DESCRIPTOR: &str = "MatchedObjectDescriptor";
    let told = fields.object(DESCRIPTOR).ok_or_else(|| {
        fields.reject("wrong-type", "`MatchedObjectDescriptor` should be an object").field(DESCRIPTOR)
    })?;
    let details = told.object("UserArea.Details");
    Ok(RawPosting {
        external_id: id(fields, told)?,
        role_key: told.text("PositionID"),
        title: told.title("PositionTitle")?,
        company: told.text("OrganizationName").or_else(|| told.text("DepartmentName")),
        places: places(told),
        remote: details.and_then(remote),
        pay: told.objects("PositionRemuneration").into_iter().filter_map(pay).collect(),
        posted_at: told.instant("PublicationStartDate"),
        closes_at: told.instant("ApplicationCloseDate"),
        level: level(told, details),
        employment: employment(told),
        department: told.text("DepartmentName"),
        tags: names(told, "JobCategory"),
        sections: sections(told, details),
        url: told.text("PositionURI"),
        apply_url: told.texts("ApplyURI").into_iter().next().or_else(|| details?.text("ApplyOnlineUrl")),
        ..RawPosting::default()
    })
}

fn id(fields: Fields<'_>, told: Fields<'_>) -> Result<String, Rejection> {
    let elsewhere = || ["PositionID", "DocumentID"].into_iter().find_map(|path| told.id(path).ok());
    match fields.at("MatchedObjectId") {
        None => elsewhere().ok_or_else(|| fields.reject("id-missing", "the record has no id").field("MatchedObjectId")),
        Some(_) => fields.id("MatchedObjectId"),
    }
}

fn places(told: Fields<'_>) -> Vec<RawPlace> {
    const FIELD: &str = "PositionLocation";
    let place = |location: Fields<'_>| {
        let region = location.text("CountrySubDivisionCode");
        // The city is told together with its region: "Fargo, North Dakota".
        let city = location.text("CityName").map(|city| {
            match region.as_ref().and_then(|region| city.strip_suffix(region.as_str())) {
                Some(short) => short.trim_end_matches([',', ' ']).to_owned(),
                None => city,
            }
        });
        RawPlace {
            field: FIELD.to_owned(),
            text: location.text("LocationName"),
            city: city.filter(|city| !city.is_empty()),
            region,
            country: location.text("CountryCode"),
            latitude: location.float("Latitude"),
            longitude: location.float("Longitude"),
        }
    };
    let places: Vec<RawPlace> = told.objects(FIELD).into_iter().map(place).collect();
    if places.is_empty() {
        let display = "PositionLocationDisplay";
        return told.text(display).map(|text| RawPlace::text(text, display)).into_iter().collect();
    }
    places
}

/// Remote work. Eligibility for telework alone does not say how much of the work is done elsewhere.
fn remote(details: Fields<'_>) -> Option<Stated<Remote>> {
    match (details.truth("RemoteIndicator")?, details.truth("TeleworkEligible")) {
        (true, _) => Some(Stated::new(Remote::Remote, "RemoteIndicator")),
        (false, Some(false)) => Some(Stated::new(Remote::Onsite, "TeleworkEligible")),
        (false, _) => None,
    }
}

/// Federal pay is in US dollars. Codes as in `codelist/remunerationrateintervalcodes`; some answers hold the words.
fn pay(fields: Fields<'_>) -> Option<RawPay> {
    let period = match fields.text("RateIntervalCode").as_deref() {
        Some("PA" | "Per Year") => Some(Period::Year),
        Some("PM" | "Per Month") => Some(Period::Month),
        Some("PD" | "Per Day") => Some(Period::Day),
        Some("PH" | "Per Hour") => Some(Period::Hour),
        _ => None,
    };
    let stated = |path: &str| fields.decimal(path).filter(|amount| *amount > Decimal::ZERO);
    let (min, max) = (stated("MinimumRange"), stated("MaximumRange"));
    min.or(max)?;
    let field = "PositionRemuneration".to_owned();
    Some(RawPay { field, min, max, currency: Some("USD".to_owned()), period, ..RawPay::default() })
}

/// The grade, such as `GS 13-14`.
fn level(told: Fields<'_>, details: Option<Fields<'_>>) -> Option<Stated<String>> {
    let plan = told.objects("JobGrade").first()?.text("Code")?;
    let grade = |path: &str| details.and_then(|details| details.text(path));
    let text = match (grade("LowGrade"), grade("HighGrade")) {
        (Some(low), Some(high)) if low != high => format!("{plan} {low}-{high}"),
        (Some(only), _) | (None, Some(only)) => format!("{plan} {only}"),
        (None, None) => plan,
    };
    Some(Stated::new(text, "JobGrade"))
}

fn employment(told: Fields<'_>) -> Option<Stated<String>> {
    let mut words = names(told, "PositionSchedule");
    words.extend(names(told, "PositionOfferingType"));
    (!words.is_empty()).then(|| Stated::new(words.join(", "), "PositionSchedule"))
}

fn names(told: Fields<'_>, path: &str) -> Vec<String> {
    told.objects(path).into_iter().filter_map(|item| item.text("Name")).collect()
}

fn sections(told: Fields<'_>, details: Option<Fields<'_>>) -> Vec<Section> {
    let mut sections = Vec::new();
    if let Some(details) = details {
        sections.extend(section_at(details, "JobSummary", None));
        // One text or a list of them, by year.
        let duties = match details.at("MajorDuties") {
            Some(duties) if duties.is_array() => Some(details.texts("MajorDuties").join("\n")),
            _ => details.text("MajorDuties"),
        };
        let duties = duties.filter(|duties| !duties.is_empty());
        sections.extend(duties.map(|duties| section("MajorDuties", Some("Duties"), duties)));
        sections.extend(section_at(details, "Requirements", Some("Requirements")));
        sections.extend(section_at(details, "Education", Some("Education")));
    }
    sections.extend(section_at(told, "QualificationSummary", Some("Qualifications")));
    sections
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::sample::{posting_of, read, read_with, rejected_by};

    fn one(descriptor: &str) -> String {
        format!(
            r#"{{"SearchResult":{{"UserArea":{{"NumberOfPages":"2"}},"SearchResultCountAll":501,"SearchResultItems":[
            {{"MatchedObjectId":"42","MatchedObjectDescriptor":{{"PositionTitle":"Nurse",{descriptor}}}}}]}}}}"#
        )
    }

    #[test]
    fn pay_is_read_from_text_in_old_and_new_codes() {
        for (code, period) in [("PA", Some(Period::Year)), ("Per Hour", Some(Period::Hour)), ("BW", None)] {
            let pay = format!(
                r#""PositionRemuneration":[{{"MinimumRange":"19.54","MaximumRange":"26.23","RateIntervalCode":"{code}"}}]"#
            );
            let reading = read(&SOURCE, &one(&pay));
            let pay = &posting_of(&reading, 0).pay[0];
            assert_eq!((pay.min, pay.period), (Some(Decimal::new(1954, 2)), period), "{code}");
        }
    }

    #[test]
    fn a_position_without_compensation_has_no_pay() {
        let pay = r#""PositionRemuneration":[{"MinimumRange":"0.0","MaximumRange":"0.0","RateIntervalCode":"WC"}]"#;
        assert!(posting_of(&read(&SOURCE, &one(pay)), 0).pay.is_empty());
    }

    #[test]
    fn the_region_is_taken_off_the_city() {
        let place = r#""PositionLocation":[{"LocationName":"Fargo, North Dakota","CityName":"Fargo, North Dakota",
            "CountrySubDivisionCode":"North Dakota","CountryCode":"United States","Latitude":46.8}]"#;
        let reading = read(&SOURCE, &one(place));
        assert_eq!(posting_of(&reading, 0).places[0].city.as_deref(), Some("Fargo"));
    }

    #[test]
    fn remote_flags_are_read_as_text_and_telework_is_no_claim() {
        let flags = |flags: &str| {
            let reading = read(&SOURCE, &one(&format!(r#""UserArea":{{"Details":{{{flags}}}}}"#)));
            posting_of(&reading, 0).remote.as_ref().map(|remote| remote.value)
        };
        assert_eq!(flags(r#""RemoteIndicator":"true""#), Some(Remote::Remote));
        assert_eq!(flags(r#""RemoteIndicator":"false","TeleworkEligible":"true""#), None);
        assert_eq!(flags(r#""RemoteIndicator":false,"TeleworkEligible":false"#), Some(Remote::Onsite));
    }

    #[test]
    fn pages_are_followed_to_the_last() {
        let url = "https://data.usajobs.gov/api/Search?ResultsPerPage=500&Page=1";
        let next = |page: &str| {
            let context = [(PAGE.to_owned(), page.to_owned())].into();
            read_with(&SOURCE, "usajobs", url, &context, &one(r#""PositionID":"P""#)).expect("reads").next
        };
        assert_eq!(next("1")[0].url, "https://data.usajobs.gov/api/Search?ResultsPerPage=500&Page=2");
        assert!(next("2").is_empty());
        assert!(read(&SOURCE, &one(r#""PositionID":"P""#)).next.is_empty(), "an imported file leads nowhere");
    }

    #[test]
    fn a_record_without_descriptor_is_rejected() {
        let body = r#"{"SearchResult":{"SearchResultItems":[{"MatchedObjectId":"1"},"x"]}}"#;
        let reading = read(&SOURCE, body);
        assert_eq!((rejected_by(&reading, 0), rejected_by(&reading, 1)), ("wrong-type", "not-an-object"));
    }
}
