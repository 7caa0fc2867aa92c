//! Rows of the lake as the documents that are served.

use pipeline_core::money::to_major;
use pipeline_core::ports::{Key, Write};
use schemas::documents::{IndexDocument, TopMatch};
use schemas::tables::{MatchRow, RoleRow};
use serde_json::{Value, json};

/// The index document of a role.
pub fn index_document(role: &RoleRow) -> IndexDocument {
    let currency = role.pay_currency.as_deref().unwrap_or_default();
    let major = |minor: Option<i64>| minor.map(|minor| to_major(minor, currency));
    // Pay that a source guessed is no pay: it must not answer a filter.
    let stated = role.pay_predicted != Some(true);
    IndexDocument {
        job_id: role.posting_id.clone(),
        title: role.title.clone(),
        company: role.company.clone().unwrap_or_default(),
        location: role.place_text.clone().unwrap_or_default(),
        salary_min: major(role.pay_annual_min_minor).filter(|_| stated),
        salary_max: major(role.pay_annual_max_minor).filter(|_| stated),
        tech_stack: role.skills.clone(),
        match_score: None,
        remote_friendly: role.remote.as_deref().map(|remote| remote != "onsite"),
        posted_date: Some(role.posted_at.unwrap_or(role.first_seen_at)),
        role_id: role.role_id.clone(),
        salary_currency: role.pay_currency.clone().filter(|_| stated),
        work_style: role.remote.clone(),
        city: role.city.clone(),
        country: role.country.clone(),
        remote_countries: role.remote_countries.clone(),
        level: role.level.clone(),
        employment: role.employment.clone(),
        domain: role.domain.clone(),
        sources: role.sources.clone(),
        url: role.url.clone().or_else(|| role.apply_url.clone()),
        salary_quote: role.pay_quote.clone(),
        excerpt: role.excerpt.clone(),
        open: role.closed_at.is_none(),
    }
}

/// A person's matches as one document: the best `keep`, best first.
pub fn match_documents(user_id: &str, matches: &[(MatchRow, IndexDocument)], generation: &str) -> Write {
    let top: Vec<TopMatch> = matches.iter().map(|(row, document)| top_match(row, document)).collect();
    let body = json!({"userId": user_id, "generation": generation, "top_matches": top});
    Write::put(Key::new(format!("USER#{user_id}"), "MATCHES"), body)
}

fn top_match(row: &MatchRow, document: &IndexDocument) -> TopMatch {
    let parts: Vec<Value> = serde_json::from_str(&row.sub_scores.0).unwrap_or_default();
    let reasons = parts.iter().filter_map(|part| part["reason"].as_str()).filter(|text| !text.is_empty());
    TopMatch {
        job: IndexDocument { match_score: Some(row.score), ..document.clone() },
        eligible: row.eligible,
        confidence: row.confidence,
        reasons: reasons.map(str::to_owned).collect(),
    }
}
