//! `roles`: the vacancies behind the postings.

use crate::{Day, Json, Micros};

crate::table! {
    /// One row per vacancy, linking the postings that advertise it.
    RoleRow = "roles", key [role_id], partition [bucket];
    /// Derived from the posting that was seen first.
    role_id: String,
    /// Hash bucket of the employer, two hexadecimal digits.
    bucket: String,
    /// The posting whose latest version speaks for the role.
    posting_id: String,
    /// The version of that posting.
    version: String,
    /// The sources that advertise it, sorted.
    sources: Vec<String>,
    /// Every posting of it, sorted.
    posting_ids: Vec<String>,
    /// Why each posting was linked, `POSTING_ID=RULE`, sorted.
    links: Vec<String>,
    /// The title as published.
    title: String,
    /// The title for grouping.
    title_key: String,
    /// The field of work.
    domain: Option<String>,
    /// The employer as published.
    company: Option<String>,
    /// The employer for grouping.
    company_key: String,
    /// The place as published.
    place_text: Option<String>,
    /// City of the first place.
    city: Option<String>,
    /// Region of the first place.
    region: Option<String>,
    /// ISO 3166-1 alpha-2 code of the first place's country.
    country: Option<String>,
    /// Every place of every posting, sorted.
    places: Vec<String>,
    /// `remote`, `hybrid` or `onsite`.
    remote: Option<String>,
    /// ISO codes of the countries that a remote worker must live in.
    remote_countries: Vec<String>,
    /// Lowest base pay in minor units of `pay_currency` per `pay_period`.
    pay_min_minor: Option<i64>,
    /// Highest base pay in minor units of `pay_currency` per `pay_period`.
    pay_max_minor: Option<i64>,
    /// ISO 4217 code.
    pay_currency: Option<String>,
    /// `year`, `month`, `week`, `day` or `hour`.
    pay_period: Option<String>,
    /// Lowest base pay in minor units per year.
    pay_annual_min_minor: Option<i64>,
    /// Highest base pay in minor units per year.
    pay_annual_max_minor: Option<i64>,
    /// The words that state the pay.
    pay_quote: Option<String>,
    /// Whether the source guessed the pay.
    pay_predicted: Option<bool>,
    /// Seniority.
    level: Option<String>,
    /// Kind of contract.
    employment: Option<String>,
    /// The employer's own department.
    department: Option<String>,
    /// Skills by canonical name, sorted.
    skills: Vec<String>,
    /// ISO 639-1 code of the text's language.
    language: Option<String>,
    /// The page that shows it.
    url: Option<String>,
    /// Where to apply.
    apply_url: Option<String>,
    /// The first 280 characters of the text.
    excerpt: String,
    /// Earliest publication that any posting of it states.
    posted_at: Option<Micros>,
    /// When any posting of it was first seen.
    first_seen_at: Micros,
    /// When any posting of it was last seen.
    last_seen_at: Micros,
    /// When it was found gone; null while it is open.
    closed_at: Option<Micros>,
    /// Why it counts as gone; null while it is open.
    closed_reason: Option<String>,
    /// Postings that advertise it.
    posting_count: i64,
    /// Versions of those postings.
    version_count: i64,
    /// Postings that appeared after an earlier one of it.
    repost_count: i64,
    /// Version of the rules that linked it.
    method: String,
    /// The set of closings that `closed_at` belongs to, which can be undone as one; null while it is open.
    closed_by: Option<String>,
    /// Lowest base pay in euro cents per year, by the rate of `pay_rate_day`.
    pay_annual_min_euro_cents: Option<i64>,
    /// Highest base pay in euro cents per year, by the rate of `pay_rate_day`.
    pay_annual_max_euro_cents: Option<i64>,
    /// The day of the reference rate: the latest on or before the day of publication; null when there is none.
    pay_rate_day: Option<Day>,
    /// Why each linked posting belongs to it: `[{posting_id, rule, to?, similarity?}]`, in the order of `posting_id`.
    link_facts: Json,
    /// Roles that resemble it and were kept apart: `[{role_id, rule, similarity}]`, the most alike first.
    related: Json,
    /// Whole days from its first publication or sighting to its end, or to the moment of looking while it is open.
    age_days: Option<i64>,
    /// Days of the longest time between two postings of it in which none was open; 0 when there was none.
    gap_days: Option<i64>,
    /// Most postings of it that were open at once.
    copy_count: Option<i64>,
    /// Versions after the first, over all of its postings.
    edit_count: Option<i64>,
    /// Signs that no single vacancy stands behind it: `{likely, signals: [{signal, value}]}`; likely takes two signs.
    evergreen: Json,
    /// Fewest days a week at the place of work.
    office_days_min: Option<i64>,
    /// Most days a week at the place of work.
    office_days_max: Option<i64>,
    /// Most of the time that is spent travelling, in percent.
    travel_percent_max: Option<i64>,
    /// Fewest years of experience that are asked.
    years_min: Option<i64>,
    /// Most years of experience that are asked.
    years_max: Option<i64>,
    /// Least education asked.
    education: Option<String>,
    /// Visa sponsorship: `offered`, `considered` or `not_offered`.
    visa: Option<String>,
    /// The security clearance that is asked.
    clearance: Option<String>,
    /// Benefits, by their codes, sorted.
    benefits: Vec<String>,
    /// Skills without which nobody is taken, by canonical name, sorted.
    skills_required: Vec<String>,
    /// Skills that are liked, by canonical name, sorted.
    skills_preferred: Vec<String>,
    /// ESCO id of the occupation that the title names.
    occupation_id: Option<String>,
    /// That occupation's preferred label.
    occupation: Option<String>,
    /// ISCO-08 unit group of that occupation, four digits.
    isco: Option<String>,
    /// SOC 2018 code of the title.
    soc: Option<String>,
}
