//! What feeds of every form mean, with a mapping and without one.

use pipeline_core::source::RawPosting;

use super::*;
use crate::sources::sample::{posting_of, rejected_by};
use crate::sources::testing::{read_crawled, rules};

const URL: &str = "https://jobs.example.com/feed.xml";

fn read(body: &str) -> std::result::Result<Reading, Rejection> {
    read_crawled(&SOURCE, URL, body, &[])
}

fn mapped(mapping: &str, body: &str) -> std::result::Result<Reading, Rejection> {
    read_crawled(&SOURCE, URL, body, &[(MAPPING, mapping)])
}

fn rule_of(body: &str) -> &'static str {
    read(body).map_or_else(|rejection| rejection.rule, |_| "ok")
}

fn day(posting: &RawPosting) -> Option<String> {
    posting.posted_at.as_ref().map(|at| at.value.to_string())
}

#[test]
fn rss_is_read_without_a_mapping() {
    let reading = read(
        "<rss version='2.0'><channel><title>Jobs</title><item><title>Cook &amp; Baker</title><link>https://a.example/1</link>\
         <guid isPermaLink='false'>j-1</guid><pubDate>Tue, 03 Nov 2026 09:14:07 GMT</pubDate><category>Food</category>\
         <category>Night</category><description>short</description><content:encoded><![CDATA[<p>long</p>]]></content:encoded>\
         <dc:creator>Acme</dc:creator><job_listing:location>Oslo</job_listing:location></item></channel></rss>",
    );
    let reading = reading.expect("is a feed");
    let posting = posting_of(&reading, 0);
    assert_eq!((posting.external_id.as_str(), posting.title.as_str()), ("j-1", "Cook & Baker"));
    assert_eq!(posting.url.as_deref(), Some("https://a.example/1"));
    assert_eq!(posting.company.as_deref(), Some("Acme"));
    assert_eq!(posting.warnings, ["company-from-author"]);
    assert_eq!(posting.tags, ["Food", "Night"]);
    assert_eq!(posting.sections.len(), 1);
    assert_eq!(posting.sections[0].body, "<p>long</p>");
    assert_eq!(posting.places[0].text.as_deref(), Some("Oslo"));
    assert_eq!(day(posting).as_deref(), Some("2026-11-03T09:14:07Z"));
    assert_eq!(reading.findings, []);
}

#[test]
fn an_author_who_is_an_address_is_no_employer() {
    let body = "<rss><channel><item><title>A</title><link>https://a.example</link><author>a@a.example (Ann)</author>\
                </item></channel></rss>";
    assert_eq!(posting_of(&read(body).expect("is a feed"), 0).company, None);
}

#[test]
fn atom_is_read_without_a_mapping() {
    let reading = read(
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>Jobs</title><entry><id>urn:1</id><title>Nurse</title>\
         <link rel='edit' href='https://a.example/edit'/><link href='https://a.example/1'/><updated>2026-11-04T00:00:00Z</updated>\
         <published>2026-11-03T00:00:00Z</published><category term='ward' label='Ward'/><author><name>Clinic</name></author>\
         <content type='xhtml'><div><p>a &lt; b</p></div></content></entry></feed>",
    );
    let reading = reading.expect("is a feed");
    let posting = posting_of(&reading, 0);
    assert_eq!((posting.external_id.as_str(), posting.url.as_deref()), ("urn:1", Some("https://a.example/1")));
    assert_eq!(day(posting).as_deref(), Some("2026-11-03T00:00:00Z"));
    assert!(posting.updated_at.is_some());
    assert_eq!((posting.company.as_deref(), posting.tags.join(",").as_str()), (Some("Clinic"), "Ward"));
    assert_eq!(posting.sections[0].body, "<div><p>a &lt; b</p></div>");
}

#[test]
fn rdf_is_read_without_a_mapping() {
    let reading = read(
        "<rdf:RDF xmlns='http://purl.org/rss/1.0/'><channel rdf:about='x'><title>Jobs</title></channel>\
         <item rdf:about='https://a.example/1'><title>Clerk</title><link>https://a.example/1</link>\
         <dc:date>2026-11-03</dc:date></item></rdf:RDF>",
    );
    let reading = reading.expect("is a feed");
    let posting = posting_of(&reading, 0);
    assert_eq!((posting.external_id.as_str(), posting.title.as_str()), ("https://a.example/1", "Clerk"));
    assert_eq!(day(posting).as_deref(), Some("2026-11-03T00:00:00Z"));
}

#[test]
fn json_feed_is_read_without_a_mapping() {
    let reading = read(
        r#"{"version":"https://jsonfeed.org/version/1.1","items":[{"id":7,"url":"https://a.example/7","title":"Cook",
           "content_html":"<p>x</p>","content_text":"x","date_published":"2026-11-03T00:00:00Z","tags":["a","b"]},
           {"id":"8","content_text":"no title"}]}"#,
    );
    let reading = reading.expect("is a feed");
    let posting = posting_of(&reading, 0);
    assert_eq!((posting.external_id.as_str(), posting.tags.len(), posting.sections.len()), ("7", 2, 1));
    assert_eq!(rejected_by(&reading, 1), "title-missing");
}

#[test]
fn a_plain_list_is_read_by_the_usual_names() {
    let reading = read(
        "<source><publisher>x</publisher><job><JobTitle>Cook</JobTitle><referencenumber>r-1</referencenumber>\
         <url>https://a.example/1</url><Company>Acme</Company><city>Bergen</city><country>NO</country>\
         <date>Tue, 03 Nov 2026 09:14:07 GMT</date><description><![CDATA[<b>x</b>]]></description></job></source>",
    );
    let reading = reading.expect("is a feed");
    let posting = posting_of(&reading, 0);
    assert_eq!((posting.external_id.as_str(), posting.company.as_deref()), ("r-1", Some("Acme")));
    assert_eq!((posting.places[0].city.as_deref(), posting.places[0].country.as_deref()), (Some("Bergen"), Some("NO")));
    assert_eq!(rule_of("<jobs/>"), "ok");
    assert_eq!(rule_of("<catalogue><cd/></catalogue>"), "wrong-shape");
}

const MAPPING_TEXT: &str = "[feed]\nroot = 'jobs'\nitem = 'group/job'\ntitle_form = '{title} at {company}'\n\
    [fields]\nid = '@id'\ntitle = 'n:head'\nurl = 'enclosure@url'\nlocation = 'place'\ndescription = ['a', 'b | c']\n\
    salary_min = 'pay@from'\nlisted = 'state'\nposted_at = 'day'\n[values.listed]\nOpen = 'yes'\nShut = 'no'\n\
    [defaults]\nsalary_currency = 'NOK'\nsalary_period = 'month'\n[options]\ndate_format = ['%d.%m.%Y', '%d %b %Y']";

#[test]
fn a_mapping_names_elements_attributes_constants_and_the_form_of_titles() {
    let reading = mapped(
        MAPPING_TEXT,
        "<jobs><group><job id='1'><n:head>Cook at Sea at Acme</n:head><head>No</head><enclosure url='https://a.example/1'/>\
         <place>Oslo</place><place>Bergen</place><a>one</a><c>three</c><pay from='40 000'/><state>Shut</state>\
         <day>3 Nov 2026</day></job></group><group><job id='2'><n:head>Cook</n:head><day>03.11.2026</day></job></group></jobs>",
    );
    let reading = reading.expect("is a feed");
    let (first, second) = (posting_of(&reading, 0), posting_of(&reading, 1));
    assert_eq!((first.title.as_str(), first.company.as_deref()), ("Cook at Sea", Some("Acme")));
    assert_eq!((first.url.as_deref(), first.listed), (Some("https://a.example/1"), Some(false)));
    assert_eq!(first.places.len(), 2);
    assert_eq!(first.sections.iter().map(|section| section.body.as_str()).collect::<Vec<_>>(), ["one", "three"]);
    assert_eq!((first.pay[0].min, first.pay[0].currency.as_deref()), (Some(40_000.into()), Some("NOK")));
    assert_eq!(day(first).as_deref(), Some("2026-11-03T00:00:00Z"));
    assert_eq!((second.title.as_str(), day(second).as_deref()), ("Cook", Some("2026-11-03T00:00:00Z")));
    assert_eq!(second.warnings, ["title-unsplit"]);
}

#[test]
fn a_feed_that_is_not_the_one_mapped_is_refused_whole() {
    let rule = |body: &str| mapped(MAPPING_TEXT, body).map_or_else(|rejection| rejection.rule, |_| "ok");
    assert_eq!(rule("<jobs><group/></jobs>"), "ok");
    assert_eq!(rule("<jobs/>"), "wrong-shape");
    assert_eq!(rule("<works><group/></works>"), "wrong-shape");
    assert_eq!(rule("<jobs><group><job id='1'>"), "truncated-xml");
    assert_eq!(rule("<!DOCTYPE html><html></html>"), "html-instead-of-xml");
    let broken = read_crawled(&SOURCE, URL, "<jobs/>", &[(MAPPING, "x")]).map_err(|rejection| rejection.rule);
    assert_eq!(broken.err(), Some("mapping-invalid"));
}

#[test]
fn a_field_that_no_item_has_any_more_is_told() {
    let body = "<rss><channel><item><title>A</title><uri>https://a.example</uri></item></channel></rss>";
    let findings = read(body).expect("is a feed").findings;
    assert_eq!(findings.iter().map(|finding| finding.field.as_str()).collect::<Vec<_>>(), ["url"]);
}

#[test]
fn a_bad_item_is_kept_as_written_and_never_stops_its_neighbours() {
    let body = "<rss><channel><item><link>https://a.example/1</link></item>\
                <item><title>B</title><link>javascript:alert(1)</link></item></channel></rss>";
    let reading = read(body).expect("is a feed");
    assert_eq!(rules(&reading), ["title-missing", "ok"]);
    let pipeline_core::source::Record::Rejected(rejection) = &reading.records[0] else { panic!("is rejected") };
    assert_eq!(rejection.payload, "<item><link>https://a.example/1</link></item>");
    assert_eq!(posting_of(&reading, 1).url, None);
    assert!(posting_of(&reading, 1).warnings.contains(&"url-unusable"));
}

#[test]
fn a_board_is_an_https_address_and_its_mapping_is_checked_at_once() {
    let start = |name: &str, parameters: &[(&str, &str)]| {
        let parameters = parameters.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        SOURCE.start(&Board { name: name.to_owned(), parameters: parameters.collect() })
    };
    let asks = start(URL, &[(MAPPING, MAPPING_TEXT)]).expect("can be asked");
    assert_eq!((asks[0].url.as_str(), asks[0].context.get(MAPPING).map(String::as_str)), (URL, Some(MAPPING_TEXT)));
    for name in ["", "jobs", "http://jobs.example.com/feed", "file:///etc/passwd", "https://u:p@jobs.example.com/"] {
        assert!(start(name, &[]).is_err(), "{name}");
    }
    assert!(start(URL, &[(MAPPING, "[feed]")]).is_err());
    assert!(start(URL, &[("maping", "x")]).is_err());
}

#[test]
fn further_pages_are_asked_for_on_the_same_host_only() {
    let next = |href: &str, page: &str| {
        let body = format!(
            "<feed><link rel='next' href='{href}'/><entry><id>1</id><title>A</title><link href='https://a.example/1'/>\
             </entry></feed>"
        );
        let context = [(PAGE.to_owned(), page.to_owned())].into();
        let reading = crate::sources::sample::read_with(&SOURCE, URL, URL, &context, &body).expect("is a feed");
        reading.next.into_iter().next().map(|ask| ask.url)
    };
    assert_eq!(next("?page=2", "1").as_deref(), Some("https://jobs.example.com/feed.xml?page=2"));
    assert_eq!(next("https://other.example/feed.xml?page=2", "1"), None);
    assert_eq!(next("http://jobs.example.com/feed.xml?page=2", "1"), None);
    assert_eq!(next(URL, "1"), None, "the same page again");
    assert_eq!(next("?page=51", "50"), None);
}

#[test]
fn a_body_that_is_no_feed_says_what_it_is_instead() {
    for (body, rule) in [
        ("", "empty-body"),
        ("<html><body/></html>", "html-instead-of-xml"),
        ("<rss><channel>", "truncated-xml"),
        ("{\"items\":[", "truncated-json"),
        ("plain", "not-xml"),
        ("{\"jobs\":[]}", "ok"),
        ("<rss/>", "wrong-shape"),
        ("<rss><channel/></rss>", "ok"),
    ] {
        assert_eq!(rule_of(body), rule, "{body}");
    }
}
