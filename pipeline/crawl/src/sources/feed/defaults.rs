//! The mappings of feeds that come without one, by their form.

/// RSS 2.0 and its elder versions.
pub(super) const RSS: &str = r#"
name = "rss"
[feed]
root = "rss"
item = "channel/item"
author = "dc:creator | author"
[fields]
id = "guid | link"
title = "title"
company = "*:company | *:company_name | *:employer"
location = "*:location"
city = "*:city"
region = "*:state | *:region"
country = "*:country"
employment = "*:job_type | *:jobtype | *:employmenttype"
department = "*:department"
salary_text = "*:salary"
posted_at = "pubDate | dc:date"
updated_at = "atom:updated"
closes_at = "*:expires | *:expirydate | *:validthrough"
skills = "category"
description = "content:encoded | description"
url = "link | guid[@isPermaLink=true] | guid[@isPermaLink=]"
"#;

/// RSS 1.0, which is RDF.
pub(super) const RDF: &str = r#"
name = "rdf"
[feed]
item = "item"
author = "dc:creator"
[fields]
id = "@rdf:about | link"
title = "title | dc:title"
company = "*:company | *:employer | dc:publisher"
location = "*:location"
posted_at = "dc:date"
skills = "dc:subject"
description = "content:encoded | description | dc:description"
url = "link"
"#;

/// Atom.
pub(super) const ATOM: &str = r#"
name = "atom"
[feed]
root = "feed"
item = "entry"
author = "author/name"
[fields]
id = "id | link@href"
title = "title"
company = "*:company | *:employer"
location = "*:location"
posted_at = "published | issued"
updated_at = "updated | modified"
skills = "category@label | category@term"
description = "content | summary"
url = "link[@rel=alternate]@href | link[@rel=]@href"
"#;

/// JSON Feed.
pub(super) const JSON: &str = r#"
name = "json"
[feed]
item = "items"
author = "authors/name | author/name"
[fields]
id = "id | url"
title = "title"
company = "company | company_name"
location = "location"
posted_at = "date_published"
updated_at = "date_modified"
skills = "tags"
description = "content_html | content_text | summary"
url = "url | external_url"
apply_url = "external_url"
"#;

/// Names of the elements of a list of postings in XML of nobody's standard, as paths below the outermost one.
pub(super) const LISTS: [&str; 10] =
    ["job", "jobs/job", "item", "items/item", "vacancy", "position", "posting", "listing", "opening", "offer"];

/// The fields of such elements, by the names that they usually have.
pub(super) const LIST: &str = r#"
name = "list"
[feed]
item = "ITEM"
[fields]
id = "@id | *:id | *:guid | *:jobid | *:job_id | *:referencenumber | *:reference | *:requisitionid | *:url | *:link"
title = "*:title | *:jobtitle | *:job_title | *:name | *:position"
company = "*:company | *:companyname | *:company_name | *:employer | *:organization"
location = "*:location | *:place"
city = "*:city"
region = "*:state | *:region"
country = "*:country"
remote = "*:remote | *:remotetype"
employment = "*:jobtype | *:job_type | *:employmenttype | *:type"
department = "*:department"
level = "*:experience | *:seniority"
salary_text = "*:salary"
salary_min = "*:salary_min | *:salarymin"
salary_max = "*:salary_max | *:salarymax"
salary_currency = "*:currency | *:salary_currency | *:salarycurrency"
salary_period = "*:salary_period | *:salaryperiod"
posted_at = "*:date | *:dateposted | *:date_posted | *:posted | *:posted_at | *:pubdate | *:published | *:created"
updated_at = "*:updated | *:updated_at | *:modified"
closes_at = "*:expirationdate | *:expires | *:validthrough | *:closingdate | *:deadline"
skills = "*:category | *:skills | *:tags"
description = "*:description | *:body | *:content"
url = "*:url | *:link"
apply_url = "*:applyurl | *:apply_url"
"#;
