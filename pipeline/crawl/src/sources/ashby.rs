//! Ashby job boards: one answer holds the whole board, with structured pay per zone.

use pipeline_core::Result;
use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, Markup, OnDrift, PayConvention, PayKind, RawPay, RawPlace,
    RawPosting, Reading, Rejection, Remote, Section, Source, Stated,
};
use url::Url;

use super::json::{self, Fields};
use super::{board, hosts};

/// The source.
pub static SOURCE: Ashby = Ashby;

/// Ashby job boards.
pub struct Ashby;

static DESCRIPTION: Description = Description {
    name: "ashby",
    title: "Ashby",
    board: Some("board name, as in jobs.ashbyhq.com/BOARD"),
    ids_are_global: true,
    min_gap_ms: 1_000,
    min_interval_s: 3_600,
    secrets: &[],
    listing_is_complete: true,
    terms: "Public job posting API, read without a key; pay that an employer asks not to display is not read.",
    reference: "https://developers.ashbyhq.com/docs/public-job-posting-api (no limit is stated; the gap is our own)",
    ..Description::BASE
};

/// Places of the parts of a postal address, below the object that holds one.
const ADDRESS: [&str; 3] = ["address.postalAddress", "address", "postalAddress"];

/// The form of its records, as they have been seen.
static CONTRACT: Contract = Contract {
    fields: &[
        Field::essential("id", "string"),
        Field::essential("title", "string"),
        Field::value("location", "string"),
        Field::value("secondaryLocations", "array"),
        Field::value("secondaryLocations[].location", "string"),
        Field::value("address", "object"),
        Field::value("department", "string"),
        Field::value("team", "string"),
        Field::value("employmentType", "string"),
        Field::value("isListed", "boolean"),
        Field::value("isRemote", "boolean"),
        Field::value("workplaceType", "string"),
        Field::value("publishedAt", "string"),
        Field::value("updatedAt", "string"),
        Field::value("applicationDeadline", "string"),
        Field::value("jobUrl", "string"),
        Field::value("applyUrl", "string"),
        Field::value("descriptionHtml", "string"),
        Field::value("descriptionPlain", "string"),
        Field::value("shouldDisplayCompensationOnJobPostings", "boolean"),
        Field::value("compensation", "object"),
        Field::value("compensation.compensationTiers", "array"),
        Field::value("compensation.summaryComponents", "array"),
        Field::value("compensation.compensationTierSummary", "string"),
    ],
    unknown: OnDrift::Evolve,
    known: &["locationIds", "jobRequisitionId", "linkedData", "postalAddress", "organizationName", "customFields"],
};

impl Source for Ashby {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn contract(&self) -> Option<&'static Contract> {
        Some(&CONTRACT)
    }

    fn board_at(&self, url: &Url) -> Option<Board> {
        if hosts::is_at(url, &["api.ashbyhq.com"]) {
            return hosts::named(hosts::after(url, &["posting-api", "job-board"])?);
        }
        let first = hosts::segments(url).into_iter().next().filter(|_| hosts::is_at(url, &["jobs.ashbyhq.com"]))?;
        // The pages ask an interface at their own host.
        (first != "api").then(|| hosts::named(first)).flatten()
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        let token = board::token(board, DESCRIPTION.name, &[])?;
        let url = board::address_of("https://api.ashbyhq.com/posting-api/job-board", &[token])?;
        Ok(vec![Ask::get(format!("{url}?includeCompensation=true"))])
    }

    fn read(&self, answer: &Answer<'_>) -> Result<Reading, Rejection> {
        let body = json::body(answer)?;
        json::contracted(&CONTRACT, body.list("jobs")?, |fields| posting(fields, answer.board))
    }

    fn board_of(&self, body: &[u8]) -> Option<String> {
        board::find_in(body, "jobs", |job| board::segment_of(job.get("jobUrl")?.as_str()?, &["jobs.ashbyhq.com"], 0))
    }
}

fn posting(job: Fields<'_>, board: &str) -> Result<RawPosting, Rejection> {
    let mut posting = RawPosting {
        external_id: job.id("id")?,
        title: job.title("title")?,
        places: places(job),
        remote: remote(job),
        pay: pay(job),
        posted_at: job.instant("publishedAt"),
        updated_at: job.instant("updatedAt"),
        closes_at: job.instant("applicationDeadline"),
        employment: job.stated_text("employmentType"),
        department: job.text("department").or_else(|| job.text("team")),
        sections: sections(job),
        url: job.text("jobUrl"),
        apply_url: job.text("applyUrl"),
        listed: job.truth("isListed"),
        ..RawPosting::default()
    };
    board::name_company(&mut posting, board);
    Ok(posting)
}

/// The words of `workplaceType`, else `isRemote`; a board that marks a hybrid job as remote means hybrid.
fn remote(job: Fields<'_>) -> Option<Stated<Remote>> {
    let words = job.text("workplaceType").and_then(|words| board::remote_of(&words));
    let flag = job.truth("isRemote");
    words
        .map(|how| Stated::new(how, "workplaceType"))
        .or_else(|| (flag == Some(true)).then(|| Stated::new(Remote::Remote, "isRemote")))
}

fn places(job: Fields<'_>) -> Vec<RawPlace> {
    let mut places: Vec<RawPlace> = place(job, "").into_iter().collect();
    places.extend(job.objects("secondaryLocations").into_iter().filter_map(|at| place(at, "secondaryLocations[].")));
    places
}

/// The place that `location` and an address beside it state.
fn place(holder: Fields<'_>, prefix: &str) -> Option<RawPlace> {
    let part = |name: &str| {
        let address = ADDRESS.iter().find_map(|path| {
            let address = json::at(holder.value, path)?;
            address.is_object().then_some(*path)
        })?;
        holder.text(&format!("{address}.{name}"))
    };
    let place = RawPlace {
        field: format!("{prefix}location"),
        text: holder.text("location"),
        city: part("addressLocality"),
        region: part("addressRegion"),
        country: part("addressCountry"),
        ..RawPlace::default()
    };
    let known = place.text.is_some() || place.city.is_some() || place.region.is_some() || place.country.is_some();
    known.then_some(place)
}

/// Pay over all zones first, then each zone's where there are several; nothing when the employer asks not to show it.
fn pay(job: Fields<'_>) -> Vec<RawPay> {
    let Some(compensation) = job.object("compensation") else { return Vec::new() };
    let mut pay = components(compensation, "summaryComponents", "compensation.summaryComponents");
    let tiers = compensation.objects("compensationTiers");
    let several = tiers.len() > 1;
    for (index, tier) in tiers.into_iter().enumerate() {
        if several || pay.is_empty() {
            let field = format!("compensation.compensationTiers[{index}].components");
            let zone = tier.text("title").filter(|_| several);
            let base = components(tier, "components", &field).into_iter().filter(|pay| pay.kind == PayKind::Base);
            pay.extend(base.map(|pay| RawPay { zone: zone.clone(), ..pay }));
        }
    }
    if pay.is_empty() {
        let words = ["compensationTierSummary", "scrapeableCompensationSalarySummary"];
        pay.extend(words.into_iter().find_map(|name| {
            let text = Some(compensation.text(name)?);
            // Ashby formats what employers enter; of 625 such texts beside their fields, all 528 bare dollars are USD and all
            // 598 amounts without a unit are for a year.
            let convention = Some(PayConvention::EnglishUs);
            Some(RawPay { field: format!("compensation.{name}"), text, convention, ..RawPay::default() })
        }));
    }
    if !pay.is_empty() && job.truth("shouldDisplayCompensationOnJobPostings") == Some(false) {
        job.warn("pay-not-for-display");
        pay.clear();
    }
    // Base pay first: what is paid on top never stands for the posting's pay.
    pay.sort_by_key(|pay| pay.kind == PayKind::Other);
    pay
}

/// The components of the list `list` that state an amount.
fn components(holder: Fields<'_>, list: &str, field: &str) -> Vec<RawPay> {
    let components = holder.objects(list).into_iter().enumerate().filter_map(|(index, component)| {
        let amount = |name| component.decimal(name).filter(|amount| !amount.is_zero());
        let (min, max) = (amount("minValue"), amount("maxValue"));
        let interval = component.text("interval").unwrap_or_default();
        let kind = match component.text("compensationType").as_deref() {
            Some("Salary") => board::kind_by_interval(&interval),
            _ => PayKind::Other,
        };
        if min.is_none() && max.is_none() {
            return None;
        }
        let period = board::period_of(&interval);
        if period.is_none() && kind == PayKind::Base {
            component.warn("pay-period-unknown");
        }
        Some(RawPay {
            field: format!("{field}[{index}]"),
            min,
            max,
            currency: component.text("currencyCode"),
            period,
            kind,
            ..RawPay::default()
        })
    });
    components.collect()
}

fn sections(job: Fields<'_>) -> Vec<Section> {
    let section = |field: &str, markup| {
        job.text(field).map(|body| Section { field: field.to_owned(), heading: None, body, markup })
    };
    section("descriptionHtml", Markup::Html)
        .or_else(|| section("descriptionPlain", Markup::Plain))
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use pipeline_core::money::Period;

    use super::*;
    use crate::sources::testing::{boards_at, postings, read_with, rules};

    #[test]
    fn zones_follow_the_pay_over_all_of_them_and_equity_is_no_base_pay() {
        let found = postings(
            &SOURCE,
            r#"{"jobs":[{"id":"a","title":"T","shouldDisplayCompensationOnJobPostings":true,"compensation":{
              "summaryComponents":[
                {"compensationType":"EquityPercentage","interval":"NONE","minValue":0.1,"maxValue":0.5},
                {"compensationType":"Salary","interval":"1 YEAR","currencyCode":"USD","minValue":100,"maxValue":200}],
              "compensationTiers":[
                {"components":[{"compensationType":"Salary","interval":"1 YEAR","currencyCode":"USD","minValue":150,"maxValue":200}]},
                {"components":[{"compensationType":"Salary","interval":"1 YEAR","currencyCode":"USD","minValue":100,"maxValue":140},
                               {"compensationType":"Bonus","interval":"1 YEAR","minValue":1,"maxValue":2}]}]}}]}"#,
        );
        let ranges: Vec<_> =
            found[0].pay.iter().map(|pay| (pay.kind, pay.min.map(|min| min.to_string()), pay.period)).collect();
        let base = |min: &str| (PayKind::Base, Some(min.to_owned()), Some(Period::Year));
        assert_eq!(ranges, [base("100"), base("150"), base("100"), (PayKind::Other, Some("0.1".to_owned()), None)]);
    }

    #[test]
    fn pay_that_is_not_for_display_is_not_read() {
        let found = postings(
            &SOURCE,
            r#"{"jobs":[{"id":"a","title":"T","shouldDisplayCompensationOnJobPostings":false,"compensation":{"summaryComponents":[
              {"compensationType":"Salary","interval":"1 HOUR","currencyCode":"USD","minValue":10,"maxValue":20}]}}]}"#,
        );
        assert!(found[0].pay.is_empty());
        assert!(found[0].warnings.contains(&"pay-not-for-display"));
    }

    #[test]
    fn hybrid_outweighs_the_remote_flag_and_a_false_flag_says_nothing() {
        let found = postings(
            &SOURCE,
            r#"{"jobs":[{"id":"a","title":"T","isRemote":true,"workplaceType":"Hybrid"},{"id":"b","title":"T","isRemote":true},
              {"id":"c","title":"T","isRemote":false}]}"#,
        );
        let how: Vec<_> = found.iter().map(|posting| posting.remote.as_ref().map(|remote| remote.value)).collect();
        assert_eq!(how, [Some(Remote::Hybrid), Some(Remote::Remote), None]);
    }

    #[test]
    fn every_place_is_kept_with_its_address() {
        let found = postings(
            &SOURCE,
            r#"{"jobs":[{"id":"a","title":"T","location":"Toronto, Ontario",
              "address":{"postalAddress":{"addressLocality":"Toronto","addressRegion":"Ontario","addressCountry":"Canada"}},
              "secondaryLocations":[{"location":"Remote","address":{}},{"location":"Ankara","address":{"addressCountry":"TUR"}}]}]}"#,
        );
        let places: Vec<_> = found[0]
            .places
            .iter()
            .map(|place| (place.text.as_deref(), place.city.as_deref(), place.country.as_deref()))
            .collect();
        assert_eq!(
            places,
            [
                (Some("Toronto, Ontario"), Some("Toronto"), Some("Canada")),
                (Some("Remote"), None, None),
                (Some("Ankara"), None, Some("TUR"))
            ]
        );
    }

    #[test]
    fn a_bad_record_never_stops_its_neighbours() {
        let reading = read_with(
            &SOURCE,
            r#"{"jobs":[{"id":"a","title":"T"},{"id":"b","title":7},1,{"id":"c","title":"T","location":{}}]}"#,
        )
        .expect("is a board");
        assert_eq!(rules(&reading), ["ok", "type-changed", "not-an-object", "ok"]);
    }

    #[test]
    fn the_board_is_known_from_its_addresses() {
        let body = br#"{"jobs":[{"jobUrl":"https://jobs.ashbyhq.com/Some%20Labs/1"}]}"#;
        assert_eq!(SOURCE.board_of(body).as_deref(), Some("Some Labs"));
    }

    #[test]
    fn a_board_is_known_by_its_addresses() {
        let found = boards_at(
            &SOURCE,
            &[
                "https://jobs.ashbyhq.com/acme/0b7c",
                "https://jobs.ashbyhq.com/Some%20Labs",
                "https://jobs.ashbyhq.com/acme/embed?version=2",
                "https://api.ashbyhq.com/posting-api/job-board/acme?includeCompensation=true",
            ],
        );
        assert_eq!(found, ["acme", "Some Labs", "acme", "acme",]);
        let none = boards_at(
            &SOURCE,
            &[
                "https://jobs.ashbyhq.com/",
                "https://jobs.ashbyhq.com/api/non-user-graphql",
                "https://www.ashbyhq.com/acme",
                "https://api.ashbyhq.com/posting-api",
            ],
        );
        assert_eq!(none, [""; 4]);
    }
}
