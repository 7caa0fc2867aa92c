//! `GET /.well-known/jwks.json`.

use crate::doubles::{World, request};

#[tokio::test]
async fn the_key_set_is_public() {
    let answer = World::with(vec![]).send(request("GET", "/.well-known/jwks.json", None, None)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body["keys"][0]["kid"], "rsa1");
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
}
