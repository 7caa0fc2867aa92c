//! An answer that satisfies a JSON schema, always the same one.

use serde_json::{Map, Value, json};

/// The least value that satisfies `schema`: of each object its required properties, of a number the middle of its range.
pub fn satisfying(schema: &Value) -> Value {
    if let Some(value) = schema.get("const") {
        return value.clone();
    }
    if let Some(first) = schema.get("enum").and_then(|values| values.get(0)) {
        return first.clone();
    }
    if let Some(first) = ["anyOf", "oneOf"].iter().find_map(|name| schema.get(name)?.get(0)) {
        return satisfying(first);
    }
    let kind = schema.get("type").map(|kind| kind.get(0).unwrap_or(kind));
    match kind.and_then(Value::as_str) {
        Some("array") => array(schema),
        Some("string") => json!("x".repeat(least(schema, "minLength").max(1))),
        Some("integer") => json!(middle(schema) as i64),
        Some("number") => json!(middle(schema)),
        Some("boolean") => json!(true),
        Some("null") => Value::Null,
        _ => object(schema),
    }
}

fn object(schema: &Value) -> Value {
    let required = schema.get("required").and_then(Value::as_array);
    let names = required.into_iter().flatten().filter_map(Value::as_str);
    let property = |name: &str| satisfying(schema.pointer(&format!("/properties/{name}")).unwrap_or(&Value::Null));
    Value::Object(names.map(|name| (name.to_owned(), property(name))).collect::<Map<_, _>>())
}

fn array(schema: &Value) -> Value {
    let item = satisfying(schema.get("items").unwrap_or(&Value::Null));
    Value::Array(vec![item; least(schema, "minItems")])
}

fn least(schema: &Value, name: &str) -> usize {
    schema.get(name).and_then(Value::as_u64).and_then(|least| usize::try_from(least).ok()).unwrap_or(0)
}

fn middle(schema: &Value) -> f64 {
    let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
    match (bound("minimum"), bound("maximum")) {
        (Some(low), Some(high)) => f64::midpoint(low, high).floor().max(low),
        (Some(bound), None) | (None, Some(bound)) => bound,
        (None, None) => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_required_properties_are_there_and_within_their_bounds() {
        let schema = json!({"type": "object", "required": ["score", "why", "level", "tags"], "properties": {
            "score": {"type": "integer", "minimum": 0, "maximum": 100},
            "why": {"type": ["string", "null"]},
            "level": {"enum": ["senior", "junior"]},
            "tags": {"type": "array", "minItems": 2, "items": {"type": "boolean"}},
            "left_out": {"type": "string"},
        }});
        assert_eq!(satisfying(&schema), json!({"score": 50, "why": "x", "level": "senior", "tags": [true, true]}));
    }

    #[test]
    fn without_a_schema_it_is_an_empty_object() {
        assert_eq!(satisfying(&Value::Null), json!({}));
    }
}
