//! How long it takes to import a real file, and to open the store that comes of it.
//!
//! Set `AUD_RETAIL_CSV` to the Online Retail data set as CSV, gzipped or not (UCI Machine Learning Repository, doi
//! 10.24432/C5BW33), with the columns `InvoiceNo`, `StockCode`, `Description`, `Quantity`, `InvoiceDate`, `UnitPrice`,
//! `CustomerID` and `Country`.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a benchmark works on real files and may fail loudly"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use aud::base::{InputName, Name};
use aud::catalog::{Catalog, CustomEventType, EventKey, IdentityType};
use aud::project::{
    DataSource, EventMapping, Format, Input, InputKind, Limits, NameMapping, Project, Retention, TimeMapping, Workspace,
};
use aud::store::{ImportOptions, import, open};
use aud::system::OsSystem;
use chrono::{Offset, Utc};

fn main() {
    if std::env::var_os("AUD_RETAIL_CSV").is_none() {
        eprintln!("AUD_RETAIL_CSV is not set: nothing to measure");
        return;
    }
    divan::main();
}

fn project(folder: PathBuf) -> Project {
    let web = InputName::try_from("shop.web".to_owned()).unwrap();
    let name = Name::new("shop").unwrap();
    let inputs = vec![Input { name: web.clone(), kind: InputKind::Platform }];
    let text = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let source = DataSource {
        name: "purchases".to_owned(),
        input: web,
        files: std::env::var("AUD_RETAIL_CSV").unwrap(),
        format: Format::Csv,
        identities: vec![(IdentityType::CustomerId, "CustomerID".to_owned())],
        event: Some(EventMapping {
            name: NameMapping::When {
                column: "InvoiceNo".to_owned(),
                matches: "C*".to_owned(),
                then: EventKey::custom("Refund"),
                otherwise: EventKey::custom("Purchase"),
            },
            event_type: CustomEventType::Transaction,
            time: TimeMapping {
                column: "InvoiceDate".to_owned(),
                format: Some("%Y-%m-%d %H:%M:%S".to_owned()),
                offset: Utc.fix(),
            },
            id: None,
            attributes: text(&["StockCode", "Description", "Quantity", "UnitPrice", "InvoiceNo"]),
        }),
        user_attributes: vec![("Country".to_owned(), "Country".to_owned())],
        seen: None,
    };
    Project {
        name: "shop".to_owned(),
        audiences: folder.join("audiences"),
        workspaces: vec![Workspace { name, inputs }],
        data_path: folder.join(".aud/data"),
        sources: vec![source],
        retention: Retention { events: None, profiles: None },
        declared: Catalog::default(),
        outputs: BTreeMap::new(),
        state_path: folder.join(".aud/state.db"),
        limits: Limits { nesting_depth: 1, variants: 5 },
        folder,
    }
}

#[divan::bench(sample_count = 10)]
fn import_retail(bencher: divan::Bencher<'_, '_>) {
    bencher.with_inputs(|| tempfile::tempdir().unwrap()).bench_values(|folder| {
        import(&OsSystem, &project(folder.path().to_owned()), ImportOptions::default(), &|_| {}).unwrap();
        folder
    });
}

#[divan::bench]
fn open_retail(bencher: divan::Bencher<'_, '_>) {
    let folder = tempfile::tempdir().unwrap();
    let project = project(folder.path().to_owned());
    import(&OsSystem, &project, ImportOptions::default(), &|_| {}).unwrap();
    bencher.bench(|| open(&OsSystem, &project.data_path).unwrap());
}
