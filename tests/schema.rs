//! `aud schema`: what it shows, proposes and compares, and that a declared type needs no new import.

use crate::support::Sandbox;

const PROJECT: &str = "version: 1
project: shop
workspaces: { shop: { inputs: { web: { kind: platform } } } }
retention: unlimited
data:
  sources:
    - name: orders
      input: web
      files: orders.csv
      format: csv
      user: { customer_id: id }
      event:
        kind: { when: { no: { matches: \"C*\" } }, then: refund, else: purchase }
        time: at
        group: no
        action: { total_amount: total }
        product: { id: sku, \"unit price\": price }
      user_attributes: { code: code, movies: { column: movies, split: \"|\" } }
    - name: visits
      input: web
      files: visits.csv
      format: csv
      user: { customer_id: id }
      event: { kind: screen, name: { column: page }, time: at, attributes: [device] }
      calculated: { ltv: ltv }
      consent: { gdpr: { marketing: ok } }
";

/// A project with data: two orders, a hundred visits.
fn shop() -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.write("aud.yaml", PROJECT);
    let orders = "id,at,no,total,sku,price,code,movies\n\
        1,2020-01-01,7,10,X,5,007,Chicago|Heat\n\
        1,2020-01-01,7,10,Y,5,007,\n\
        2,2020-01-02,C8,3,X,,12,Heat\n";
    sandbox.write("orders.csv", orders);
    let visits = (0..100).map(|at| {
        let (page, device) = [("Home", "tv"), ("Order \"now\"", "phone")][at % 2];
        format!(
            "{},2020-01-03,\"{}\",{device},{},true\n",
            at % 3,
            page.replace('"', "\"\""),
            if at == 0 { "?" } else { "9" }
        )
    });
    sandbox.write("visits.csv", &("id,at,page,device,ltv,ok\n".to_owned() + &visits.collect::<String>()));
    sandbox.write("audiences/a.aud", "version 1\n\naudience a {\n  match { everyone }\n}\n");
    let _ = sandbox.aud(&["import"]).fine();
    sandbox
}

/// The project file with a schema below it.
fn declare(sandbox: &Sandbox, schema: &str) {
    sandbox.write("aud.yaml", &format!("{PROJECT}{schema}"));
}

#[test]
fn everything_is_shown_with_where_it_came_from() {
    let sandbox = shop();
    declare(&sandbox, "schema: { user: { code: string, plan: { enum: [free, pro] } }, purchase: { tier: connect } }\n");
    insta::assert_snapshot!(sandbox.aud(&["schema"]).fine().out);
    let json = sandbox.aud(&["schema", "--json"]).fine().json();
    assert_eq!(json["user"]["code"], serde_json::json!({ "type": "string", "declared": true }));
    assert_eq!(json["events"][2]["attributes"]["total_amount"]["sources"], serde_json::json!(["orders"]));
    let empty = Sandbox::empty();
    empty.write(
        "aud.yaml",
        "version: 1\nproject: shop\nworkspaces: { shop: { inputs: { web: { kind: platform } } } }\n",
    );
    assert!(empty.aud(&["schema"]).fine().out.contains("Nothing is known yet"));
    assert!(empty.aud(&["schema", "diff"]).fine().out.contains("agree"));
}

#[test]
fn a_proposal_declares_what_is_not_declared() {
    let sandbox = shop();
    let proposed = sandbox.aud(&["schema", "propose"]).fine().out;
    insta::assert_snapshot!(proposed);
    declare(&sandbox, "schema: { user: { code: string } }\n");
    let rest = sandbox.aud(&["schema", "propose", "--json"]).fine().json();
    assert_eq!(rest["schema"]["user"], serde_json::json!({ "movies": "list" }));
    declare(&sandbox, &proposed);
    assert_eq!(sandbox.aud(&["schema", "propose"]).fine().out, "", "once declared, nothing is left to propose");
    let _ = sandbox.aud(&["schema", "diff", "--exit-code"]).fine();
    let _ = sandbox.aud(&["check"]).fine();
}

#[test]
fn a_difference_says_what_the_data_says() {
    let sandbox = shop();
    let _ = sandbox.aud(&["schema", "diff", "--exit-code"]).fine();
    declare(
        &sandbox,
        "schema:
  user: { code: number, movies: string, plan: string }
  calculated: { ltv: boolean }
  events: { Signup: { tier: connect } }
  screens:
    Home: { attributes: { device: { enum: [phone] } } }
    \"Order \\\"now\\\"\": { attributes: { device: { enum: [PHONE] } } }
  purchase: { attributes: { total_amount: number }, product: { id: number, colour: string } }
",
    );
    insta::assert_snapshot!(sandbox.aud(&["schema", "diff", "--exit-code"]).code(2).out);
    let json = sandbox.aud(&["schema", "diff", "--json"]).fine().json();
    let says = |at: usize| json["disagreements"][at]["says"].as_str().unwrap().to_owned();
    assert_eq!([says(1), says(2), says(5)], ["other_type", "never_seen", "other_values"]);
    assert_eq!(json["disagreements"][0]["fitting"], 1);
}

#[test]
fn a_declared_type_needs_no_new_import() {
    let sandbox = shop();
    let check = |criterion: &str| {
        sandbox.write("audiences/a.aud", &format!("version 1\n\naudience a {{\n  match {{ {criterion} }}\n}}\n"));
        sandbox.aud(&["check", "--json"])
    };
    // `007` is no number, so the codes are strings until something else is said.
    let _ = check("user \"code\" is \"007\"").fine();
    let refused = check("user \"code\" > 10").code(1);
    assert!(refused.out.contains("detected as a string in 2 of 2 values (source orders)"), "{}", refused.out);
    declare(&sandbox, "schema: { user: { code: number } }\n");
    let _ = check("user \"code\" > 10").fine();
    let members = sandbox.aud(&["who", "a", "--identities", "customer_id", "--now", "2020-02-01"]).fine().out;
    assert!(members.contains('2') && members.lines().count() == 1, "{members}");
    let refused = check("user \"code\" is \"007\"").code(1);
    assert!(refused.out.contains("declared a number under `schema` in aud.yaml"), "{}", refused.out);
    let untouched = sandbox.aud(&["import"]).fine().out;
    assert!(untouched.contains("nothing new"), "{untouched}");
}
