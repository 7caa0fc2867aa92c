//! Pages of Indeed that a person saved: results, as data or as cards, and single postings.

use pipeline_core::source::{
    Answer, Contract, Field, OnDrift, RawPay, RawPlace, RawPosting, Reading, Record, Rejection, Remote, Stated,
};
use rust_decimal::Decimal;
use scraper::{ElementRef, Html, Selector};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;
use url::Url;

use super::{is_key, joined, posting_link, posting_url, site};
use crate::sources::board::period_of;
use crate::sources::cards::{self, Card, Reach};
use crate::sources::json::{self, Fields};
use crate::sources::markup::section_at;
use crate::sources::pages::{self, DATE_RELATIVE, EXCERPT, selectors};

const fn field(path: &'static str, types: &'static str, always: bool, on_drift: OnDrift) -> Field {
    Field { path, types, always, on_drift }
}

/// The form of a row of results.
pub(super) static RESULTS: Contract = Contract {
    fields: &[
        field("jobkey", "string", true, OnDrift::DiscardRow),
        field("title", "string", true, OnDrift::DiscardRow),
        field("displayTitle", "string", false, OnDrift::DiscardValue),
        field("company", "string", true, OnDrift::DiscardValue),
        field("formattedLocation", "string", true, OnDrift::DiscardValue),
        field("jobLocationCity", "string", false, OnDrift::DiscardValue),
        field("jobLocationState", "string", false, OnDrift::DiscardValue),
        field("remoteWorkModel", "object", false, OnDrift::DiscardValue),
        field("remoteWorkModel.type", "string", false, OnDrift::DiscardValue),
        field("remoteLocation", "boolean", false, OnDrift::DiscardValue),
        field("extractedSalary", "object", false, OnDrift::DiscardValue),
        field("extractedSalary.min", "number", false, OnDrift::DiscardValue),
        field("extractedSalary.max", "number", false, OnDrift::DiscardValue),
        field("extractedSalary.type", "string", false, OnDrift::DiscardValue),
        field("salarySnippet", "object", false, OnDrift::DiscardValue),
        field("salarySnippet.text", "string", false, OnDrift::DiscardValue),
        field("salarySnippet.currency", "string", false, OnDrift::DiscardValue),
        field("estimatedSalary", "object", false, OnDrift::DiscardValue),
        field("estimatedSalary.min", "number", false, OnDrift::DiscardValue),
        field("estimatedSalary.max", "number", false, OnDrift::DiscardValue),
        field("estimatedSalary.type", "string", false, OnDrift::DiscardValue),
        field("pubDate", "number", false, OnDrift::DiscardValue),
        field("createDate", "number", false, OnDrift::DiscardValue),
        field("formattedRelativeTime", "string", false, OnDrift::DiscardValue),
        field("thirdPartyApplyUrl", "string", false, OnDrift::DiscardValue),
        field("snippet", "string", false, OnDrift::DiscardValue),
        field("jobTypes", "array", false, OnDrift::DiscardValue),
        field("taxonomyAttributes", "array", false, OnDrift::DiscardValue),
        field("expired", "boolean", false, OnDrift::DiscardValue),
    ],
    // A row has more than a hundred fields, most of them about its display, and gains others every week.
    unknown: OnDrift::Evolve,
    known: &[
        "adBlob", "adId", "advn", "appliedOrGreater", "applyCount", "autoOpenVjp", "bidPosition", "clickLoggingUrl",
        "companyBrandingAttributes", "companyIdEncrypted", "companyOverviewLink", "companyOverviewLinkCampaignId",
        "companyRating", "companyReviewCount", "companyReviewLink", "companyReviewLinkCampaignId", "contactedByEmployer",
        "d2iEnabled", "dradisJob", "employerAssistEnabled", "employerResponsive", "employerResponseTime", "encryptedFccompanyId",
        "encryptedResultData", "enhancedAttributesModel", "enticers", "fccid", "fccompanyId", "featuredCompanyAttributes",
        "featuredEmployer", "featuredEmployerCandidate", "feedId", "formattedActivityDate", "gatedVjp", "geoLocation",
        "hasHiringEvent", "hideSave", "highVolumeHiringModel", "highlyRatedEmployer", "hiringEventJob",
        "hiringMultipleCandidatesModel", "homepageJobFeedSectionId", "iaButtonEnabled", "indeedApplyEnabled",
        "indeedApplyFinishAppUrl", "indeedApplyable", "isJobVisited", "isMobileThirdPartyApplyable", "isNoResumeJob",
        "isSubsidiaryJob", "isTopRatedEmployer", "jobCardRequirementsModel", "jobFeedSectionId", "jobLocationExtras",
        "jobLocationPostal", "jobSeekerMatchSummaryModel", "jsiEnabled", "leadingEvidence", "link", "locationCount",
        "matchComparisonResult", "matchNegativeTaxonomy", "matchTaxonomy", "mobtk", "moreLocUrl", "mouseDownHandlerOption",
        "newJob", "normTitle", "numHires", "openInterviewsInterviewsOnTheSpot", "openInterviewsJob",
        "openInterviewsOffersOnTheSpot", "openInterviewsPhoneJob", "organicApplyStartCount", "overrideIndeedApplyText",
        "preciseLocationModel", "pressAndHoldTestGroup", "rankedJobPreferencesModel", "rankingScoresModel", "redirectToThirdPartySite",
        "remoteLocationText", "resumeMatch", "saved", "savedApplication", "screenerQuestionsURL", "searchUID", "showAttainabilityBadge",
        "showCommutePromo", "showEarlyApply", "showJobType", "showRelativeDate", "showSponsoredLabel", "showStrongerAppliedLabel",
        "smartFillEnabled", "smbD2iEnabled", "source", "sourceId", "sponsored", "staticBrandedJob", "submitterId", "taxoAttributes",
        "taxoAttributesDisplayLimit", "taxoLogAttributes", "thirdPartyApplyable", "tier", "translatedAttributes", "translatedCmiJobTags",
        "truncatedCompany", "urgentlyHiring", "userMatchMetadata", "userPreferencesMatchModel", "viewJobLink", "vjFeaturedEmployerCandidate",
    ],
};

/// What is read of a card of results whose data is gone.
static CARD: Contract = Contract {
    fields: &[
        field("id", "string", true, OnDrift::DiscardRow),
        field("title", "string", true, OnDrift::DiscardRow),
        field("company", "string", true, OnDrift::DiscardValue),
        field("location", "string", true, OnDrift::DiscardValue),
        field("salary", "string", false, OnDrift::DiscardValue),
        field("estimate", "string", false, OnDrift::DiscardValue),
        field("age", "string", false, OnDrift::DiscardValue),
        field("snippet", "string", false, OnDrift::DiscardValue),
    ],
    unknown: OnDrift::Evolve,
    known: &["url"],
};

/// What is read of the page of one posting.
static DETAIL: Contract = Contract {
    fields: &[
        field("id", "string", true, OnDrift::DiscardRow),
        field("title", "string", true, OnDrift::DiscardRow),
        field("company", "string", true, OnDrift::DiscardValue),
        field("location", "string", true, OnDrift::DiscardValue),
        field("description", "string", true, OnDrift::DiscardValue),
        field("remote", "string", false, OnDrift::DiscardValue),
        field("salaryText", "string", false, OnDrift::DiscardValue),
        field("salaryMin", "number|string", false, OnDrift::DiscardValue),
        field("salaryMax", "number|string", false, OnDrift::DiscardValue),
        field("salaryType", "string", false, OnDrift::DiscardValue),
        field("salaryCurrency", "string", false, OnDrift::DiscardValue),
        field("jobType", "string", false, OnDrift::DiscardValue),
        field("datePublished", "number|string", false, OnDrift::DiscardValue),
        field("age", "string", false, OnDrift::DiscardValue),
        field("expired", "boolean", false, OnDrift::DiscardValue),
    ],
    unknown: OnDrift::Evolve,
    known: &["url"],
};

static TITLE: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&["h2.jobTitle span[title]", "h2.jobTitle", "a.jcs-JobTitle", "[data-testid=job-title]", "a.jobtitle", "h2"])
});
static COMPANY: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&["[data-testid=company-name]", ".companyName", "[data-testid=companyName]", "span.company", ".company"])
});
static PLACE: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&["[data-testid=text-location]", ".companyLocation", "[data-testid=jobLocation]", "span.location", ".location"])
});
static SALARY: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&[
        ".salary-snippet-container", "[data-testid*=salary-snippet]", "[data-testid=attribute_snippet_testid]",
        ".salary-snippet", ".salaryText", ".metadata",
    ])
});
static ESTIMATE: LazyLock<Vec<Selector>> =
    LazyLock::new(|| selectors(&[".estimated-salary-container", ".estimated-salary", "[data-testid*=estimated]"]));
static AGE: LazyLock<Vec<Selector>> =
    LazyLock::new(|| selectors(&["[data-testid=myJobsStateDate]", "[data-testid=job-age]", "span.date", ".date"]));
static SNIPPET: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&["[data-testid=jobsnippet_footer]", "[data-testid=belowJobSnippet]", ".job-snippet", "div.summary", ".summary"])
});
/// What only a page of results without a result has.
static NOTHING: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&[
        ".jobsearch-NoResult-messageContainer", ".jobsearch-NoResult", "[class*=NoResult]", ".no_results", ".bad_query",
        "[data-testid*=no-results]",
    ])
});
static OPEN_TITLE: LazyLock<Vec<Selector>> =
    LazyLock::new(|| selectors(&["[data-testid=jobsearch-JobInfoHeader-title]", ".jobsearch-JobInfoHeader-title", "h1"]));
static OPEN_COMPANY: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&[
        "[data-testid=inlineHeader-companyName]", "[data-company-name=true]", ".jobsearch-InlineCompanyRating a",
        ".jobsearch-JobInfoHeader-companyName", ".jobsearch-InlineCompanyRating div",
    ])
});
static OPEN_PLACE: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&[
        "[data-testid=inlineHeader-companyLocation]", "[data-testid=job-location]", "#jobLocationText",
        ".jobsearch-JobInfoHeader-companyLocation",
    ])
});
static OPEN_SALARY: LazyLock<Vec<Selector>> =
    LazyLock::new(|| selectors(&["#salaryInfoAndJobType span", "[aria-label=Pay] [role=button]"]));
static OPEN_WORDS: LazyLock<Vec<Selector>> =
    LazyLock::new(|| selectors(&["#jobDescriptionText", ".jobsearch-JobComponent-description", ".jobsearch-jobDescriptionText"]));
static ADDRESSES: LazyLock<Vec<Selector>> =
    LazyLock::new(|| selectors(&["link[rel=canonical]", "meta[property=\"og:url\"]", "base"]));

/// What the page `text` means, by what is in it.
pub(super) fn read(text: &str, answer: &Answer<'_>) -> Result<Reading, Rejection> {
    let refuse = |(rule, reason): (&'static str, String)| Rejection::of_body(rule, reason, answer.body);
    let data = data(text).map_err(refuse)?;
    if data.results.is_none() && data.detail.is_none() && text.trim_start().starts_with(['{', '[']) {
        return Err(refuse(("no-known-form", "the data is none of Indeed's".to_owned())));
    }
    let tree = match data.alone {
        true => Html::new_document(),
        false => pages::tree(text, answer.body)?,
    };
    let own = own_addresses(&tree, answer);
    let home = own.first().map_or_else(|| "www.indeed.com".to_owned(), site);
    if let Some(results) = data.results.as_ref().filter(|results| !results.is_empty()) {
        return json::contracted(&RESULTS, results, |row| result(row, &home, answer));
    }
    let described = if data.alone { Vec::new() } else { pages::described(answer) };
    let key = own.iter().find_map(posting_url).map(|(key, _)| key);
    if !described.is_empty() {
        return Ok(of_description(described, key, &home));
    }
    let detail = data.detail.as_ref().map(|detail| opened(detail, key.as_deref())).or_else(|| marked(&tree, key.as_deref()));
    if let Some(detail) = detail {
        return json::contracted(&DETAIL, &[detail], |detail| posting(detail, &home, answer));
    }
    let cards = cards::of_page(&tree, Reach::Page, mark);
    let list: Vec<Value> = cards.iter().map(|card| Value::Object(told(card))).collect();
    if !list.is_empty() {
        let home = (!own.is_empty()).then_some(home.as_str());
        return json::contracted(&CARD, &list, |card| of_card(card, home, answer));
    }
    if let Some(odd) = data.odd {
        return Err(refuse(odd));
    }
    if data.results.is_some() || NOTHING.iter().any(|path| tree.select(path).next().is_some()) {
        return Ok(Reading::default());
    }
    Err(refuse(("no-known-form", "the page shows neither results nor a posting of Indeed".to_owned())))
}

/// What a page says in data.
struct Data {
    results: Option<Vec<Value>>,
    detail: Option<Value>,
    /// What is wrong with the results.
    odd: Option<(&'static str, String)>,
    /// Whether the body is that data and no page.
    alone: bool,
}

/// The data of the page `text`, or the data that it is.
fn data(text: &str) -> Result<Data, (&'static str, String)> {
    const ROWS: &str = "metaData.mosaicProviderJobCardsModel.results";
    let alone = text.trim_start().starts_with('{');
    let (cards, initial) = if alone {
        let value: Value = json::parse(text.as_bytes()).map_err(|rejection| (rejection.rule, rejection.reason))?.value;
        (Some(value.clone()), Some(value))
    } else {
        let names = [r#"providerData["mosaic-provider-jobcards"]"#, "providerData['mosaic-provider-jobcards']"];
        let cards = names.into_iter().find_map(|name| pages::assigned(text, name).transpose()).transpose()?;
        (cards, pages::assigned(text, "window._initialData")?)
    };
    let mut odd = None;
    let results = match cards.as_ref().and_then(|cards| json::at(cards, ROWS)) {
        Some(Value::Array(rows)) => Some(rows.clone()),
        Some(other) => {
            odd = Some(("wrong-shape", format!("`{ROWS}` should be a list and is {}", json::type_name(other))));
            None
        }
        None => {
            odd = (cards.is_some() && !alone).then(|| ("wrong-shape", format!("the page's data has no `{ROWS}`")));
            None
        }
    };
    let detail = initial.filter(|initial| json::at(initial, "jobInfoWrapperModel.jobInfoModel").is_some());
    Ok(Data { results, detail, odd, alone })
}

/// The addresses that `page` gives as its own.
pub(super) fn addresses(page: &str) -> Vec<Url> {
    let links = ["rel=\"canonical\"", "property=\"og:url\""].into_iter().filter_map(|name| {
        let at = page.find(name)?;
        let start = page[..at].rfind('<')?;
        let tag = page[start..].split('>').next()?;
        let link = ["href=\"", "content=\""].into_iter().find_map(|name| tag.split_once(name)?.1.split('"').next())?;
        Url::parse(&html_escape::decode_html_entities(link)).ok()
    });
    links.filter(super::is_own).collect()
}

/// The addresses by which the page can be known: the one asked, and those that it gives itself.
fn own_addresses(tree: &Html, answer: &Answer<'_>) -> Vec<Url> {
    let given = ADDRESSES.iter().filter_map(|path| {
        let found = tree.select(path).next()?;
        found.attr("href").or_else(|| found.attr("content"))
    });
    std::iter::once(answer.url).chain(given).filter_map(|url| Url::parse(url).ok()).filter(super::is_own).collect()
}

fn page_of(home: &str, key: &str) -> String {
    format!("https://{home}/viewjob?jk={key}")
}

/// The postings of JSON-LD, under the keys that Indeed has for them.
fn of_description(described: Vec<Record>, key: Option<String>, home: &str) -> Reading {
    let alone = described.len() == 1;
    let keyed = |record: Record| match record {
        Record::Posting(mut posting) => {
            let own = posting.url.as_deref().and_then(posting_link).map(|(key, _)| key);
            match own.or_else(|| key.clone().filter(|_| alone)) {
                Some(key) => {
                    posting.url = Some(page_of(home, &key));
                    posting.external_id = key;
                    Record::Posting(posting)
                }
                None => {
                    let payload = json!({"title": posting.title, "company": posting.company});
                    let reason = "nothing on the page names the posting's key";
                    Record::Rejected(Rejection::of_json("id-missing", reason, &payload).field("jk"))
                }
            }
        }
        rejected => rejected,
    };
    Reading { records: described.into_iter().map(keyed).collect(), ..Reading::default() }
}

/// One row of results.
fn result(row: Fields<'_>, home: &str, answer: &Answer<'_>) -> Result<RawPosting, Rejection> {
    let key = row.id("jobkey")?;
    if !is_key(&key) {
        return Err(row.reject("id-missing", "`jobkey` is none").field("jobkey"));
    }
    let title = match row.text("displayTitle") {
        Some(title) if row.text("title").is_none() => title,
        _ => row.title("title")?,
    };
    let groups = row.objects("taxonomyAttributes");
    let labels = |group: &str| -> Vec<String> {
        let of_group = groups.iter().filter(|fields| fields.text("label").as_deref() == Some(group));
        of_group.flat_map(|fields| fields.objects("attributes")).filter_map(|label| label.text("label")).collect()
    };
    let mut posting = RawPosting {
        title,
        company: row.text("company"),
        places: place(row).into_iter().collect(),
        remote: remote(row, &labels("remote")),
        pay: pay(row),
        posted_at: row.instant("pubDate").or_else(|| row.instant("createDate")),
        employment: employment(row, &labels("job-types")),
        tags: labels("attributes"),
        sections: section_at(row, "snippet", None).into_iter().collect(),
        url: Some(page_of(home, &key)),
        apply_url: row.text("thirdPartyApplyUrl").and_then(|url| apply_url(&url, home, &key)),
        listed: row.truth("expired").map(|expired| !expired),
        external_id: key,
        ..RawPosting::default()
    };
    if posting.posted_at.is_none() {
        read_age(row, "formattedRelativeTime", answer, &mut posting);
    }
    if !posting.sections.is_empty() {
        posting.warnings.push(EXCERPT);
    }
    Ok(posting)
}

fn read_age(fields: Fields<'_>, path: &str, answer: &Answer<'_>, posting: &mut RawPosting) {
    if let Some(day) = fields.text(path).and_then(|words| pages::day_ago(&words, answer.fetched_at)) {
        posting.posted_at = Some(Stated::new(day, path));
        posting.warnings.push(DATE_RELATIVE);
    }
}

fn place(row: Fields<'_>) -> Option<RawPlace> {
    let place = RawPlace {
        field: "formattedLocation".to_owned(),
        text: row.text("formattedLocation"),
        city: row.text("jobLocationCity"),
        region: row.text("jobLocationState"),
        ..RawPlace::default()
    };
    (place.text.is_some() || place.city.is_some() || place.region.is_some()).then_some(place)
}

/// How the work is done. `remoteLocation` is false on postings whose model says otherwise, so that only true counts.
fn remote(row: Fields<'_>, labels: &[String]) -> Option<Stated<Remote>> {
    let model = row.text("remoteWorkModel.type").and_then(|model| remote_model(&model));
    let model = model.map(|remote| Stated::new(remote, "remoteWorkModel.type"));
    let label = || labels.iter().find_map(|label| pages::workplace(label));
    model
        .or_else(|| (row.truth("remoteLocation") == Some(true)).then(|| Stated::new(Remote::Remote, "remoteLocation")))
        .or_else(|| label().map(|remote| Stated::new(remote, "taxonomyAttributes")))
}

/// What a remote model such as `REMOTE_ALWAYS` stands for; `REMOTE_COVID_TEMPORARY` says nothing about today.
fn remote_model(model: &str) -> Option<Remote> {
    match model {
        "REMOTE_ALWAYS" => Some(Remote::Remote),
        "REMOTE_HYBRID" => Some(Remote::Hybrid),
        _ => None,
    }
}

/// What the employer states, then Indeed's own guess.
fn pay(row: Fields<'_>) -> Vec<RawPay> {
    let currency = row.text("salarySnippet.currency");
    let amounts = |path: &str, currency: Option<String>| {
        let amount = |name: &str| row.decimal(&format!("{path}.{name}")).filter(|amount| *amount > Decimal::ZERO);
        let (min, max) = (amount("min"), amount("max"));
        (min.is_some() || max.is_some()).then(|| RawPay {
            field: path.to_owned(),
            min,
            max,
            currency,
            period: row.text(&format!("{path}.type")).and_then(|unit| period_of(&unit)),
            ..RawPay::default()
        })
    };
    let stated = amounts("extractedSalary", currency.clone()).or_else(|| {
        let text = row.text("salarySnippet.text")?;
        Some(RawPay { field: "salarySnippet.text".to_owned(), text: Some(text), currency: currency.clone(), ..RawPay::default() })
    });
    let guessed = |pay: RawPay| RawPay { predicted: true, ..pay };
    let estimate = row.text("salarySnippet.source").is_some_and(|source| source.to_uppercase().contains("ESTIMAT"));
    let stated = stated.map(|pay| if estimate { guessed(pay) } else { pay });
    let of_estimate = row.text("estimatedSalary.currency").or(currency);
    stated.into_iter().chain(amounts("estimatedSalary", of_estimate).map(guessed)).collect()
}

fn employment(row: Fields<'_>, labels: &[String]) -> Option<Stated<String>> {
    let types: Vec<String> = row
        .list("jobTypes")
        .iter()
        .filter_map(|kind| pipeline_core::read::text_of(kind).or_else(|| joined(kind.get("label"))))
        .collect();
    let (words, path) = if types.is_empty() { (labels.to_vec(), "taxonomyAttributes") } else { (types, "jobTypes") };
    (!words.is_empty()).then(|| Stated::new(words.join(", "), path))
}

/// Where to apply; of an address of Indeed's own only the key is kept.
fn apply_url(url: &str, home: &str, key: &str) -> Option<String> {
    let url = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    Some(if super::is_own(&url) { format!("https://{home}/applystart?jk={key}") } else { url.into() })
}

/// The posting that `element` names.
fn mark(element: &ElementRef<'_>) -> Option<(String, String)> {
    if let Some(key) = element.attr("data-jk").filter(|key| is_key(key)) {
        return Some((key.to_ascii_lowercase(), format!("https://www.indeed.com/viewjob?jk={key}")));
    }
    let link = element.attr("href").filter(|_| element.value().name() == "a")?;
    posting_link(link).map(|(key, _)| (key, link.to_owned()))
}

/// What a card of results says.
fn told(card: &Card<'_>) -> Map<String, Value> {
    let mut told = Map::new();
    told.insert("id".to_owned(), Value::from(card.id.as_str()));
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            told.insert(name.to_owned(), Value::from(value));
        }
    };
    put("url", posting_link(&card.link).map(|(_, url)| url));
    let Some(element) = card.element else { return told };
    put("title", pages::words_at(element, &TITLE).or_else(|| card.title.clone()));
    put("company", pages::words_at(element, &COMPANY));
    put("location", pages::words_at(element, &PLACE));
    let pay = SALARY.iter().flat_map(|path| element.select(path)).map(pages::words_of).find(|words| pages::is_pay(words));
    put("salary", pay);
    put("estimate", pages::words_at(element, &ESTIMATE).filter(|words| pages::is_pay(words)));
    put("age", pages::words_at(element, &AGE));
    put("snippet", pages::words_at(element, &SNIPPET));
    told
}

fn of_card(card: Fields<'_>, home: Option<&str>, answer: &Answer<'_>) -> Result<RawPosting, Rejection> {
    let key = card.id("id")?;
    let title = card.title("title")?;
    let url = home.map(|home| page_of(home, &key)).or_else(|| card.text("url"));
    let pay = [("salary", false), ("estimate", true)].into_iter().filter_map(|(path, predicted)| {
        let text = card.text(path)?;
        Some(RawPay { field: path.to_owned(), text: Some(text), predicted, ..RawPay::default() })
    });
    let mut posting = RawPosting {
        title,
        company: card.text("company"),
        places: card.text("location").map(|place| RawPlace::text(place, "location")).into_iter().collect(),
        pay: pay.collect(),
        sections: section_at(card, "snippet", None).into_iter().collect(),
        url,
        external_id: key,
        ..RawPosting::default()
    };
    read_age(card, "age", answer, &mut posting);
    if !posting.sections.is_empty() {
        posting.warnings.push(EXCERPT);
    }
    Ok(posting)
}

/// The fields of the page of one posting, from the data that the page carries.
fn opened(initial: &Value, key: Option<&str>) -> Value {
    const INFO: &str = "jobInfoWrapperModel.jobInfoModel";
    let first = |paths: &[&str]| {
        paths.iter().find_map(|path| {
            let path = path.replace("INFO", INFO);
            json::at(initial, &path).cloned()
        })
    };
    let job = json::at(initial, "hostQueryExecutionResult.data.jobData.results")
        .and_then(|results| results.get(0))
        .and_then(|result| result.get("job"));
    let of_job = |path: &str| job.and_then(|job| json::at(job, path)).cloned();
    let own = first(&["jobKey", "INFO.jobKey", "jobInfoWrapperModel.jobKey"]).or_else(|| of_job("key"));
    let mut told = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value.filter(|value| !value.is_null()) {
            told.insert(name.to_owned(), value);
        }
    };
    put("id", own.or_else(|| key.map(Value::from)));
    put("title", first(&["INFO.jobInfoHeaderModel.jobTitle", "INFO.jobTitle"]).or_else(|| of_job("title")));
    let company = first(&["INFO.jobInfoHeaderModel.companyName"]).or_else(|| of_job("sourceEmployerName"));
    put("company", company);
    let place = first(&["INFO.jobInfoHeaderModel.formattedLocation", "jobLocation", "INFO.jobLocation"]);
    put("location", place.or_else(|| of_job("location.formatted.long")));
    let words = first(&["INFO.sanitizedJobDescription.content", "INFO.sanitizedJobDescription"]);
    put("description", words.or_else(|| of_job("description.html")));
    put("remote", first(&["INFO.jobInfoHeaderModel.remoteWorkModel.type", "INFO.remoteWorkModel.type"]));
    for name in ["salaryText", "salaryMin", "salaryMax", "salaryType", "salaryCurrency"] {
        put(name, first(&[&format!("salaryInfoModel.{name}"), &format!("INFO.salaryInfoModel.{name}")]));
    }
    put("jobType", first(&["INFO.jobMetadataHeaderModel.jobType", "INFO.jobInfoHeaderModel.jobType"]));
    put("datePublished", of_job("datePublished"));
    put("age", first(&["jobMetadataFooterModel.age", "INFO.jobMetadataFooterModel.age"]));
    put("expired", of_job("expired"));
    Value::Object(told)
}

/// The fields of the page of one posting, from its markup, when it is one.
fn marked(tree: &Html, key: Option<&str>) -> Option<Value> {
    let root = tree.root_element();
    let words = pages::find(root, &OPEN_WORDS)?;
    let title = pages::words_at(root, &OPEN_TITLE)?;
    let mut told = Map::new();
    told.insert("id".to_owned(), key.map_or(Value::Null, Value::from));
    // A line for screen readers follows the title.
    told.insert("title".to_owned(), Value::from(title.trim_end_matches("- job post").trim_end()));
    for (name, paths) in [("company", &OPEN_COMPANY), ("location", &OPEN_PLACE)] {
        if let Some(words) = pages::words_at(root, paths) {
            told.insert(name.to_owned(), Value::from(words));
        }
    }
    let pay = OPEN_SALARY.iter().flat_map(|path| root.select(path)).map(pages::words_of).find(|words| pages::is_pay(words));
    if let Some(pay) = pay {
        told.insert("salaryText".to_owned(), Value::from(pay));
    }
    told.insert("description".to_owned(), Value::from(words.inner_html()));
    Some(Value::Object(told))
}

fn posting(detail: Fields<'_>, home: &str, answer: &Answer<'_>) -> Result<RawPosting, Rejection> {
    let key = detail.id("id")?;
    if !is_key(&key) {
        return Err(detail.reject("id-missing", "the page's key is none").field("id"));
    }
    let amount = |path: &str| detail.decimal(path).filter(|amount| *amount > Decimal::ZERO);
    let (min, max) = (amount("salaryMin"), amount("salaryMax"));
    let text = detail.text("salaryText").filter(|_| min.is_none() && max.is_none());
    let stated = min.is_some() || max.is_some() || text.is_some();
    let pay = stated.then(|| RawPay {
        field: "salaryInfoModel".to_owned(),
        min,
        max,
        currency: detail.text("salaryCurrency"),
        period: detail.text("salaryType").and_then(|unit| period_of(&unit)),
        text,
        ..RawPay::default()
    });
    let remote = detail.text("remote").and_then(|model| remote_model(&model));
    let mut posting = RawPosting {
        title: detail.title("title")?,
        company: detail.text("company"),
        places: detail.text("location").map(|place| RawPlace::text(place, "location")).into_iter().collect(),
        remote: remote.map(|remote| Stated::new(remote, "remoteWorkModel.type")),
        pay: pay.into_iter().collect(),
        posted_at: detail.instant("datePublished"),
        employment: detail.stated_text("jobType"),
        sections: section_at(detail, "description", None).into_iter().collect(),
        url: Some(page_of(home, &key)),
        listed: detail.truth("expired").map(|expired| !expired),
        external_id: key,
        ..RawPosting::default()
    };
    if posting.posted_at.is_none() {
        read_age(detail, "age", answer, &mut posting);
    }
    Ok(posting)
}
