-- skills: how many roles of a field of work and country ask for each skill, with Wilson's interval of the share.
-- reads:  roles
-- writes: market_skills
-- takes:  $day, the last day of the window; $after, the day before its first; $window_days; $method
--
-- A role counts when it was published (first seen, where no date is stated) within the window.
-- A role whose field or country is unknown counts in "all" alone. A skill needs 2 roles in its group.
WITH
counted AS (
  SELECT domain, country, array_distinct(skills) AS skills
  FROM roles
  WHERE CAST(coalesce(posted_at, first_seen_at) AS DATE) > CAST($after AS DATE)
    AND CAST(coalesce(posted_at, first_seen_at) AS DATE) <= CAST($day AS DATE)
),
named AS (
  SELECT domain, country, skill, count(*) AS n
  FROM (SELECT domain, country, unnest(skills) AS skill FROM counted)
  WHERE skill IS NOT NULL
  GROUP BY 1, 2, 3
),
sizes AS (
  SELECT domain, country, count(*) AS roles, grouping(domain) AS any_domain, grouping(country) AS any_country
  FROM counted
  GROUP BY GROUPING SETS ((), (domain), (country), (domain, country))
),
grouped AS (
  SELECT domain, country, skill, sum(n) AS n, grouping(domain) AS any_domain, grouping(country) AS any_country
  FROM named
  GROUP BY GROUPING SETS ((skill), (skill, domain), (skill, country), (skill, domain, country))
)
SELECT CAST($day AS DATE) AS day, grouped.domain, grouped.country, skill,
       CAST($window_days AS BIGINT) AS window_days,
       n,
       roles,
       CAST(n AS DOUBLE) / CAST(roles AS DOUBLE) AS share,
       wilson_low(n, roles) AS share_low,
       wilson_high(n, roles) AS share_high,
       CAST($method AS VARCHAR) AS method
FROM grouped JOIN sizes
  ON grouped.any_domain = sizes.any_domain
 AND grouped.any_country = sizes.any_country
 AND coalesce(grouped.domain, '') = coalesce(sizes.domain, '')
 AND coalesce(grouped.country, '') = coalesce(sizes.country, '')
WHERE n >= 2
  AND (grouped.any_domain = 1 OR grouped.domain IS NOT NULL)
  AND (grouped.any_country = 1 OR grouped.country IS NOT NULL)
  AND (sizes.any_domain = 1 OR sizes.domain IS NOT NULL)
  AND (sizes.any_country = 1 OR sizes.country IS NOT NULL)
ORDER BY grouped.domain NULLS FIRST, grouped.country NULLS FIRST, skill
