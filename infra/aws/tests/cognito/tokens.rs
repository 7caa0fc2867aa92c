//! Cognito's tokens before the one verifier, the API's.

use std::sync::Arc;

use api::auth::{KeySource, Verifier};
use infra_aws::CognitoIdentity;
use infra_local::SystemClock;
use pipeline_core::ports::Identity;

use crate::own::{EMAIL, ada, tokens};
use crate::pool::{Made, Pool};

fn verifier(people: Arc<CognitoIdentity>, audience: &str) -> Verifier {
    let issuer = people.issuer();
    Verifier::new(issuer, audience, KeySource::new(people, Arc::new(SystemClock)))
}

#[tokio::test]
async fn an_access_token_is_accepted_with_its_groups() {
    let pool = Pool::new(Made { named_by_id: true, ..Made::default() }).await;
    let people = Arc::new(pool.people().await);
    let id = ada(&people).await;
    for group in ["operators", "analysts"] {
        pool.operator.create_group().user_pool_id(&pool.id).group_name(group).send().await.unwrap();
        let add = pool.operator.admin_add_user_to_group().user_pool_id(&pool.id).username(EMAIL).group_name(group);
        add.send().await.unwrap();
    }
    let verifier = verifier(people.clone(), &people.audience());
    let claims = verifier.verify(&tokens(&people).await.access_token).await.unwrap().unwrap();
    assert_eq!(claims.user_id.0, id);
    let mut groups = claims.groups;
    groups.sort();
    assert_eq!(groups, ["analysts", "operators"]);
}

#[tokio::test]
async fn an_id_token_opens_nothing() {
    let pool = Pool::new(Made::default()).await;
    let people = Arc::new(pool.people().await);
    ada(&people).await;
    let parameters = [("USERNAME", EMAIL), ("PASSWORD", "correct horse battery")];
    let mut request = pool.operator.initiate_auth().client_id(&pool.client).auth_flow("USER_PASSWORD_AUTH".into());
    for (name, value) in parameters {
        request = request.auth_parameters(name, value);
    }
    let given = request.send().await.unwrap().authentication_result.unwrap();
    let verifier = verifier(people.clone(), &people.audience());
    assert!(verifier.verify(&given.access_token.unwrap()).await.unwrap().is_some());
    assert!(verifier.verify(&given.id_token.unwrap()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_token_of_another_client_or_pool_is_refused() {
    let (pool, other) = (Pool::new(Made::default()).await, Pool::new(Made::default()).await);
    let (people, others) = (Arc::new(pool.people().await), Arc::new(other.people().await));
    ada(&people).await;
    ada(&others).await;
    let token = tokens(&people).await.access_token;
    assert!(verifier(people.clone(), &people.audience()).verify(&token).await.unwrap().is_some());
    assert!(verifier(people.clone(), &others.audience()).verify(&token).await.unwrap().is_none());
    assert!(verifier(others.clone(), &people.audience()).verify(&token).await.unwrap().is_none());
}
