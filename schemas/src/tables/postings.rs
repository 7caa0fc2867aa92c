//! `postings`: what each version of a posting says.

use crate::{Day, Json, Micros};

crate::table! {
    /// One row per version of a posting, stored on the day on which that version was first seen.
    PostingRow = "postings", key [posting_id, version], partition [source, day];
    /// `SOURCE_job_ID`, the same for every version and for ever.
    posting_id: String,
    /// Hash of everything that the source says about it.
    version: String,
    /// The source that published it.
    source: String,
    /// The UTC day on which this version was first seen.
    day: Day,
    /// The board that published it.
    board: String,
    /// The source's own id.
    external_id: String,
    /// The source's own id of the vacancy behind several postings.
    role_key: Option<String>,
    /// The exchange in which this version was first seen.
    fetch_id: String,
    /// Position of the record within that body, from 0.
    record: i64,
    /// When this version was first seen.
    seen_at: Micros,
    /// The page that shows it.
    url: Option<String>,
    /// Where to apply.
    apply_url: Option<String>,
    /// The title as published, cleaned of markup.
    title: String,
    /// The title in lower case without places, codes and decoration; for grouping.
    title_key: String,
    /// The field of work, from a closed list.
    domain: Option<String>,
    /// The employer as published.
    company: Option<String>,
    /// The employer in lower case without legal form; for grouping.
    company_key: String,
    /// The place as published.
    place_text: Option<String>,
    /// City of the first place.
    city: Option<String>,
    /// Region or state of the first place.
    region: Option<String>,
    /// ISO 3166-1 alpha-2 code of the first place's country.
    country: Option<String>,
    /// Latitude of the first place in degrees.
    latitude: Option<f64>,
    /// Longitude of the first place in degrees.
    longitude: Option<f64>,
    /// Every place, as published, in order.
    places: Vec<String>,
    /// `remote`, `hybrid` or `onsite`; null when the posting does not say.
    remote: Option<String>,
    /// ISO codes of the countries that a remote worker must live in; empty when the posting does not say.
    remote_countries: Vec<String>,
    /// Lowest base pay in minor units of `pay_currency` per `pay_period`.
    pay_min_minor: Option<i64>,
    /// Highest base pay in minor units of `pay_currency` per `pay_period`.
    pay_max_minor: Option<i64>,
    /// ISO 4217 code.
    pay_currency: Option<String>,
    /// `year`, `month`, `week`, `day` or `hour`.
    pay_period: Option<String>,
    /// Lowest base pay in minor units per year, by the hours in `pay_assumption`.
    pay_annual_min_minor: Option<i64>,
    /// Highest base pay in minor units per year, by the hours in `pay_assumption`.
    pay_annual_max_minor: Option<i64>,
    /// The words that state the pay.
    pay_quote: Option<String>,
    /// Where the quote starts in `text`, in bytes; null when the pay comes from a field.
    pay_start: Option<i64>,
    /// Where the quote ends in `text`, in bytes; null when the pay comes from a field.
    pay_end: Option<i64>,
    /// What was assumed to read it, in words; null when nothing was.
    pay_assumption: Option<String>,
    /// Whether the source guessed the pay instead of the employer stating it.
    pay_predicted: Option<bool>,
    /// How sure the reading is, 0 to 1.
    pay_confidence: Option<f64>,
    /// When it was published, as the source says.
    posted_at: Option<Micros>,
    /// When it was last edited, as the source says.
    updated_at: Option<Micros>,
    /// When it closes, as the source says.
    closes_at: Option<Micros>,
    /// `intern`, `junior`, `mid`, `senior`, `lead`, `staff`, `principal`, `manager`, `director` or `executive`.
    level: Option<String>,
    /// `full_time`, `part_time`, `contract`, `temporary`, `internship` or `volunteer`.
    employment: Option<String>,
    /// The employer's own department.
    department: Option<String>,
    /// Skills by canonical name, sorted.
    skills: Vec<String>,
    /// For each skill `{skill, start, end}`: where `text` names it, in bytes.
    skill_spans: Json,
    /// ISO 639-1 code of the text's language.
    language: Option<String>,
    /// The description as clean text, with lists and headings kept as lines.
    text: String,
    /// Hash of the text's words.
    text_hash: String,
    /// MinHash signature of the text's word shingles: 64 little-endian 32-bit words; empty for short texts.
    text_sketch: Vec<u8>,
    /// Provenance: for each derived column `{from, rule, start?, end?, confidence?}`.
    provenance: Json,
    /// What was odd about the posting, by rule name, sorted.
    warnings: Vec<String>,
    /// Version of the rules that read it.
    method: String,
    /// Every known place: `{text, city, region, country, geoname_id, latitude, longitude, from, rule, confidence}`.
    place_list: Json,
    /// The city of the first known place in GeoNames; null when it is not known which.
    geoname_id: Option<i64>,
    /// The distinct words of the text as sorted little-endian 32-bit hashes, the 1,024 least of them; empty when not computed.
    text_words: Vec<u8>,
    /// Every amount that is stated: `[{kind, min_minor, max_minor, currency, period, zone, quote, start, end, from, rule, …}]`.
    pay_parts: Json,
    /// Who may take it and from where: `[{kind, value, quote, start, end, from, rule, confidence}]`.
    eligibility: Json,
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
    /// Least education asked: `secondary`, `vocational`, `associate`, `bachelor`, `master` or `doctorate`.
    education: Option<String>,
    /// Visa sponsorship: `offered`, `considered` or `not_offered`.
    visa: Option<String>,
    /// The security clearance that is asked.
    clearance: Option<String>,
    /// Benefits, by their codes, sorted.
    benefits: Vec<String>,
    /// Every fact on the work with its evidence.
    work_facts: Json,
    /// The parts of `text`: `[{kind, start, end, heading}]`, in bytes.
    sections: Json,
    /// Skills without which nobody is taken, by canonical name, sorted.
    skills_required: Vec<String>,
    /// Skills that are liked, by canonical name, sorted.
    skills_preferred: Vec<String>,
    /// For each skill `{skill, esco, onet, requirement, years, spans, confidence}`.
    skill_facts: Json,
    /// Skills in words that no dictionary has: `[{kind, start, end, confidence, esco, esco_label}]`.
    skill_phrases: Json,
    /// ESCO id of the occupation that the title names: `http://data.europa.eu/esco/occupation/ID`.
    occupation_id: Option<String>,
    /// That occupation's preferred label.
    occupation: Option<String>,
    /// ISCO-08 unit group of that occupation, four digits.
    isco: Option<String>,
    /// SOC 2018 code of the title.
    soc: Option<String>,
    /// How sure the occupation is, 0 to 1.
    occupation_confidence: Option<f64>,
    /// How the employer's name became its key, step by step, and whether an agency advertises: `{steps, agency}`.
    employer: Json,
}
