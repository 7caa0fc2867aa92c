//! Which roles are scored for a search: at most [`CANDIDATES`], those nearest to the profile when there are more.

use std::collections::{BTreeMap, BTreeSet};

use pipeline_core::ErrorKind;
use pipeline_core::ports::{Facet, Hits, Search, SearchQuery};
use schemas::documents::IndexDocument;

use crate::problem::Refusal;
use crate::wanted::{CANDIDATES, SKILLS_FIELD, Wanted};

/// Most queries that narrow one search.
const MAX_NARROWING: usize = 6;

/// What was found.
pub struct Found {
    /// The roles to be scored.
    pub candidates: Vec<IndexDocument>,
    /// How many there are in all.
    pub total: u64,
    /// Skills counted over all of them.
    pub facets: BTreeMap<String, Vec<Facet>>,
}

/// Finds what is wanted. What only the profile implies gives way when it leaves nothing.
pub async fn find(search: &dyn Search, wanted: &mut Wanted) -> Result<Found, Refusal> {
    let mut hits = query(search, &wanted.search_query(true)).await?;
    let with_implied = hits.total > 0 || wanted.implied.is_empty();
    if !with_implied {
        hits = query(search, &wanted.search_query(false)).await?;
    }
    let base = wanted.search_query(with_implied);
    wanted.settle(with_implied);
    let Hits { hits, total, facets } = hits;
    let mut candidates: Vec<IndexDocument> = hits.into_iter().map(|hit| hit.document).collect();
    // Without words all relevance is equal and the first few hundred would be an accident of their ids.
    if total > CANDIDATES as u64 && base.words.is_empty() {
        let nearest = nearest(search, &base, &wanted.profile_skills, &facets).await?;
        candidates = nearest_first(nearest, candidates);
    }
    Ok(Found { candidates, total, facets })
}

/// Roles that name several of `skills` at once, those that name the most first: the commonest skill is demanded, then
/// the commonest among what is left, and so on, until few enough are left.
async fn nearest(
    search: &dyn Search,
    base: &SearchQuery,
    skills: &[String],
    facets: &BTreeMap<String, Vec<Facet>>,
) -> Result<Vec<IndexDocument>, Refusal> {
    let mut demanded: Vec<String> = Vec::new();
    let mut next = commonest(facets, skills, &demanded);
    let mut found = Vec::new();
    while let Some(skill) = next.filter(|_| demanded.len() < MAX_NARROWING) {
        demanded.push(skill);
        let hits = query(search, &Wanted::narrowed(base, &demanded)).await?;
        let documents = hits.hits.into_iter().map(|hit| hit.document).collect();
        found = nearest_first(documents, found);
        if hits.total <= CANDIDATES as u64 {
            break;
        }
        next = commonest(&hits.facets, skills, &demanded);
    }
    Ok(found)
}

/// The one of `skills` that most roles name, besides those `demanded`; facets are in order of their counts.
fn commonest(facets: &BTreeMap<String, Vec<Facet>>, skills: &[String], demanded: &[String]) -> Option<String> {
    let is = |list: &[String], facet: &Facet| list.iter().any(|skill| skill.eq_ignore_ascii_case(&facet.value));
    let facets = facets.get(SKILLS_FIELD).map(Vec::as_slice).unwrap_or_default();
    facets.iter().find(|facet| is(skills, facet) && !is(demanded, facet)).map(|facet| facet.value.clone())
}

/// Both lists in this order, every role once, cut to what can be scored.
fn nearest_first(nearest: Vec<IndexDocument>, others: Vec<IndexDocument>) -> Vec<IndexDocument> {
    let mut seen = BTreeSet::new();
    let all = nearest.into_iter().chain(others);
    all.filter(|role| seen.insert(role.job_id.clone())).take(CANDIDATES).collect()
}

async fn query(search: &dyn Search, query: &SearchQuery) -> Result<Hits, Refusal> {
    match search.query(query).await {
        Err(error) if error.kind() == ErrorKind::Nothing => {
            Err(Refusal::of(ErrorKind::Unavailable, "nothing has been published yet").hint("waypost run"))
        }
        answer => Ok(answer?),
    }
}
