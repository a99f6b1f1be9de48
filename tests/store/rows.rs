//! Rows of JSON, mapped as columns are.

use aud::project::Project;
use aud::store::{BadRow, open};

use super::sources;
use super::support::{describe, put, run, world};

fn project(format: &str, more: &str) -> Project {
    sources::project(&format!(
        "version: 1\nproject: shop\nworkspaces: {{ shop: {{ inputs: {{ web: {{ kind: platform }} }} }} }}\n\
         data:\n  sources:\n    - name: s\n      input: web\n      files: \"a*\"\n      format: {format}\n      user: {{ customer_id: id }}\n{more}"
    ))
}

const MAPPING: &str =
    "      event: { name: { column: what }, time: at, id: key, attributes: { page: data.page, sku: \"dotted.sku\" } }
      user_attributes: { plan: plan, movies: { column: movies, split: \"|\" } }
      location: { city: place.city }
";

#[test]
fn keys_are_columns_and_null_is_a_key_without_a_value() {
    let system = world();
    let lines = [
        r#"{"id":1,"at":"1970-01-01 00:01","what":"A","key":"k","data":{"page":1.50},"dotted.sku":"x","plan":"pro","movies":["Heat",7],"place":{"city":"Lyon"}}"#,
        r#"{"id":"1","at":60001,"what":"A","key":"k"}"#,
        r#"{"id":2,"at":0,"what":"A","data":{"page":null},"plan":null,"movies":"Chicago | Heat","place":{"city":null}}"#,
        r#"{"id":2,"at":1,"what":"B","data":7,"plan":"","movies":[],"more":{"ignored":[]}}"#,
        r#"{"id":null,"at":0,"what":"A"}"#,
        r#"{"id":3,"at":"soon","what":"A"}"#,
        r#"{"id":3,"at":1,"what":null}"#,
        r#"{"id":3,"at":1,"what":"A""#,
        "[1]",
    ];
    put(&system, "/p/a", lines.join("\n"));
    let project = project("ndjson", MAPPING);
    let report = run(&system, &project).unwrap();
    let source = &report.sources[0];
    assert_eq!((source.rows, source.events, source.without_user, source.duplicates), (9, 3, 1, 1));
    assert_eq!(source.bad, [(BadRow::Time, 1), (BadRow::Name, 1), (BadRow::NotJson, 2)].into());
    let store = open(&system, &project.data_path).unwrap();
    let told: Vec<String> = describe(&store).into_values().collect();
    insta::assert_snapshot!(told.join("\n"));
}

/// Where both can say the same, both mean the same.
#[test]
fn csv_and_ndjson_agree() {
    let mapping = "      event: { name: A, time: at, attributes: [page] }\n      user_attributes: { plan: plan }\n";
    let of = |format: &str, content: &str| {
        let system = world();
        put(&system, "/p/a", content);
        let project = project(format, mapping);
        run(&system, &project).unwrap();
        describe(&open(&system, &project.data_path).unwrap())
    };
    let csv = of("csv", "id,at,page,plan\n1,5,x,\n2,6,,pro\n1,7,\"a\n\"\"b\",free\n");
    let json = of(
        "ndjson",
        "{\"id\":1,\"at\":5,\"page\":\"x\"}\n{\"id\":2,\"at\":6,\"plan\":\"pro\"}\n{\"id\":1,\"at\":7,\"page\":\"a\\n\\\"b\",\"plan\":\"free\"}\n",
    );
    assert_eq!(csv, json);
}
