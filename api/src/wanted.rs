//! What a person wants, as a query of the search port. What cannot be asked is said, never dropped in silence.

use pipeline_core::ports::{Filter, SearchQuery};
use pipeline_core::stage::{PlaceReader, SkillReader};
use schemas::documents::UserDocument;
use schemas::wire::SearchParams;
use serde_json::{Map, Value, json};

use crate::problem::Refusal;

/// Roles fetched and scored per request; the best of them are returned.
pub const CANDIDATES: usize = 200;
/// The field of the index document that holds skills.
pub const SKILLS_FIELD: &str = "tech_stack";
/// Results when the request does not say how many.
const DEFAULT_LIMIT: u32 = 20;
/// Most results that a request may want.
const MAX_LIMIT: u32 = 100;
/// Most characters of a text that is searched for.
const MAX_TEXT: usize = 500;
/// Most skills that a search or a profile may name.
const MAX_SKILLS: usize = 200;

/// A request, understood.
#[derive(Debug)]
pub struct Wanted {
    /// Results wanted.
    pub limit: usize,
    /// Conditions that the request states, by their name in `search_params`.
    pub applied: Map<String, Value>,
    /// Conditions that the request states and that were not applied.
    pub ignored: Vec<Ignored>,
    /// Conditions drawn from the profile; they give way when they leave nothing.
    pub implied: Vec<Implied>,
    /// The skills of the profile that are known, by canonical name.
    pub profile_skills: Vec<String>,
    words: Vec<String>,
    filters: Vec<Filter>,
}

/// A condition that was not applied.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Ignored {
    /// Its name in the request.
    pub filter: &'static str,
    /// What was asked.
    pub value: Value,
    /// Why it was not applied.
    pub reason: String,
}

/// A condition drawn from the profile.
#[derive(Clone, Debug)]
pub struct Implied {
    /// Where in the request it comes from.
    pub from: &'static str,
    /// What it asks.
    pub value: Value,
    demand: Demand,
}

#[derive(Clone, Debug)]
enum Demand {
    Words(String),
    Filter(Filter),
}

impl Wanted {
    /// Reads `params` for the person `user`.
    ///
    /// # Errors
    /// A refusal that names the field whose value is out of bounds.
    pub fn read(
        params: &SearchParams,
        user: &UserDocument,
        places: &dyn PlaceReader,
        skills: &dyn SkillReader,
    ) -> Result<Self, Refusal> {
        let limit = params.limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(Refusal::field("search_params.limit", format_args!("must be from 1 to {MAX_LIMIT}")));
        }
        let mut wanted = Self {
            limit: limit as usize,
            applied: Map::new(),
            ignored: Vec::new(),
            implied: Vec::new(),
            profile_skills: canonical("user_profile.profile.skills", &user.profile.skills, skills)?.0,
            words: Vec::new(),
            filters: Vec::new(),
        };
        wanted.apply("open", json!(true), any("open", ["true"]));
        wanted.query(params)?;
        wanted.one_of("domain", text("search_params.domain", params.domain.as_deref())?);
        wanted.one_of("level", text("search_params.level", params.level.as_deref())?);
        wanted.location(text("search_params.location", params.location.as_deref())?, places);
        if params.remote == Some(true) {
            wanted.apply("remote", json!(true), any("remote_friendly", ["true"]));
        }
        wanted.pay(params)?;
        wanted.skills(&params.skills, skills)?;
        wanted.imply(params, user)?;
        Ok(wanted)
    }

    /// The query with the implied conditions, or without.
    pub fn search_query(&self, with_implied: bool) -> SearchQuery {
        let mut words = self.words.clone();
        let mut filters = self.filters.clone();
        for implied in self.implied.iter().filter(|_| with_implied) {
            match &implied.demand {
                Demand::Words(text) => words.push(text.clone()),
                Demand::Filter(filter) => filters.push(filter.clone()),
            }
        }
        SearchQuery {
            words: words.join(" "),
            filters,
            facets: vec![SKILLS_FIELD.to_owned()],
            offset: 0,
            limit: CANDIDATES,
        }
    }

    /// `base` and the demand that all of `skills` are named.
    pub fn narrowed(base: &SearchQuery, skills: &[String]) -> SearchQuery {
        let mut query = base.clone();
        query.filters.push(Filter::All { field: SKILLS_FIELD.to_owned(), values: skills.to_vec() });
        query
    }

    /// Notes whether the implied conditions took part.
    pub fn settle(&mut self, with_implied: bool) {
        for Implied { from, value, .. } in std::mem::take(&mut self.implied) {
            if with_implied {
                self.applied.insert(from.to_owned(), value);
            } else {
                self.ignore(from, value, "with it no open role was left");
            }
        }
    }

    fn apply(&mut self, name: &'static str, value: Value, filter: Filter) {
        self.applied.insert(name.to_owned(), value);
        self.filters.push(filter);
    }

    fn ignore(&mut self, filter: &'static str, value: impl Into<Value>, reason: impl Into<String>) {
        self.ignored.push(Ignored { filter, value: value.into(), reason: reason.into() });
    }

    fn imply(&mut self, params: &SearchParams, user: &UserDocument) -> Result<(), Refusal> {
        if params.query.as_deref().is_some_and(|query| !query.trim().is_empty()) {
            return Ok(());
        }
        let skills = self.profile_skills.clone();
        let title = text("user_profile.profile.title", user.profile.title.as_deref())?;
        if !skills.is_empty() {
            let demand = Demand::Filter(any(SKILLS_FIELD, skills.clone()));
            self.implied.push(Implied { from: "profile.skills", value: json!(skills), demand });
        } else if let Some(title) = title {
            let demand = Demand::Words(title.to_owned());
            self.implied.push(Implied { from: "profile.title", value: json!(title), demand });
        }
        let domains = &user.preferences.job_domains;
        let domains: Vec<&str> =
            domains.iter().map(|domain| domain.trim()).filter(|domain| !domain.is_empty()).collect();
        if domains.len() > MAX_SKILLS {
            let why = format_args!("must be at most {MAX_SKILLS}");
            return Err(Refusal::field("user_profile.preferences.job_domains", why));
        }
        if !self.applied.contains_key("domain") && !domains.is_empty() {
            let demand = Demand::Filter(any("domain", domains.iter().copied()));
            self.implied.push(Implied { from: "preferences.job_domains", value: json!(domains), demand });
        }
        Ok(())
    }

    fn query(&mut self, params: &SearchParams) -> Result<(), Refusal> {
        if let Some(query) = text("search_params.query", params.query.as_deref())? {
            self.applied.insert("query".to_owned(), json!(query));
            self.words.push(query.to_owned());
        }
        Ok(())
    }

    fn one_of(&mut self, field: &'static str, value: Option<&str>) {
        if let Some(value) = value {
            self.apply(field, json!(value), any(field, [value]));
        }
    }

    fn location(&mut self, location: Option<&str>, places: &dyn PlaceReader) {
        let Some(location) = location else { return };
        if location.eq_ignore_ascii_case("remote") {
            self.apply("location", json!("remote"), any("remote_friendly", ["true"]));
            return;
        }
        let place = places.place(location);
        if let Some(country) = &place.country {
            self.filters.push(any("country", [country.as_str()]));
        }
        if let Some(city) = &place.city {
            self.filters.push(any("city", [city.as_str()]));
        }
        match (&place.country, &place.city, &place.region) {
            (None, None, None) => self.ignore("location", location, "location not understood"),
            (None, None, Some(region)) => {
                self.ignore("location", location, format!("the region {region} has no known country to filter by"));
            }
            (country, city, region) => {
                if let (None, Some(region)) = (city, region) {
                    self.ignore(
                        "location",
                        location,
                        format!("roles are not filtered by region, so all of the country counts for {region}"),
                    );
                }
                self.applied.insert("location".to_owned(), json!({"country": country, "city": city}));
            }
        }
    }

    fn pay(&mut self, params: &SearchParams) -> Result<(), Refusal> {
        let currency = text("search_params.salary_currency", params.salary_currency.as_deref())?.map(str::to_uppercase);
        if let Some(currency) = &currency
            && (currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()))
        {
            return Err(Refusal::field("search_params.salary_currency", "must be an ISO 4217 code such as EUR"));
        }
        match (params.salary_min, currency) {
            (Some(amount), _) if !amount.is_finite() || amount < 0.0 => {
                Err(Refusal::field("search_params.salary_min", "must not be negative"))
            }
            (Some(amount), Some(currency)) => {
                let at_least = Filter::AtLeast { field: "salary_max".to_owned(), value: amount };
                self.filters.push(any("salary_currency", [currency.as_str()]));
                self.apply("salary_min", json!({"amount": amount, "currency": currency}), at_least);
                Ok(())
            }
            (Some(amount), None) => {
                self.ignore("salary_min", amount, "an amount without salary_currency compares with nothing");
                Ok(())
            }
            (None, Some(currency)) => {
                self.ignore("salary_currency", currency, "a currency without salary_min asks for nothing");
                Ok(())
            }
            (None, None) => Ok(()),
        }
    }

    /// Skills that are known are filtered by; others must at least occur as words.
    fn skills(&mut self, asked: &[String], reader: &dyn SkillReader) -> Result<(), Refusal> {
        let (known, unknown) = canonical("search_params.skills", asked, reader)?;
        if !known.is_empty() {
            let filter = Filter::All { field: SKILLS_FIELD.to_owned(), values: known.clone() };
            self.apply("skills", json!(known), filter);
        }
        if !unknown.is_empty() {
            self.applied.insert("skills_as_words".to_owned(), json!(unknown));
            self.words.extend(unknown);
        }
        Ok(())
    }
}

/// The canonical names of `skills`, and those that have none, each once and in the order given.
fn canonical(field: &str, skills: &[String], reader: &dyn SkillReader) -> Result<(Vec<String>, Vec<String>), Refusal> {
    if skills.len() > MAX_SKILLS {
        return Err(Refusal::field(field, format_args!("must be at most {MAX_SKILLS}")));
    }
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for skill in skills {
        let Some(words) = text(field, Some(skill))? else { continue };
        let (list, name) = match reader.canonical(words) {
            Some(name) => (&mut known, name),
            None => (&mut unknown, words.to_owned()),
        };
        if !list.contains(&name) {
            list.push(name);
        }
    }
    Ok((known, unknown))
}

/// `value` without the space around it; `None` when nothing is left.
fn text<'a>(field: &str, value: Option<&'a str>) -> Result<Option<&'a str>, Refusal> {
    let value = value.map(str::trim).filter(|value| !value.is_empty());
    match value {
        Some(value) if value.chars().nth(MAX_TEXT).is_some() => {
            Err(Refusal::field(field, format_args!("must be at most {MAX_TEXT} characters")))
        }
        value => Ok(value),
    }
}

fn any<T: Into<String>>(field: &str, values: impl IntoIterator<Item = T>) -> Filter {
    Filter::Any { field: field.to_owned(), values: values.into_iter().map(Into::into).collect() }
}
