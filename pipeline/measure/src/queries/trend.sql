-- trend:  new roles per week, and the median of their advertised yearly pay per currency.
-- reads:  roles
-- writes: market_trend
-- takes:  $day, the last day; $first, the Monday of the first week; $method
--
-- A role counts in the week in which it was published (first seen, where no date is stated).
-- A role whose field or country is unknown counts in "all" alone. A week without roles has no row; a median needs 3
-- roles with pay that no source guessed. The last week ends with $day, so it may be shorter than seven days.
WITH
counted AS (
  SELECT domain, country,
         CAST(date_trunc('week', coalesce(posted_at, first_seen_at)) AS DATE) AS week,
         CASE WHEN NOT coalesce(pay_predicted, false) THEN pay_currency END AS currency,
         coalesce(pay_annual_min_minor, pay_annual_max_minor) AS one,
         coalesce(pay_annual_max_minor, pay_annual_min_minor) AS other
  FROM roles
  WHERE CAST(coalesce(posted_at, first_seen_at) AS DATE) >= CAST($first AS DATE)
    AND CAST(coalesce(posted_at, first_seen_at) AS DATE) <= CAST($day AS DATE)
),
new_roles AS (
  SELECT domain, country, week, count(*) AS n, grouping(domain) AS any_domain, grouping(country) AS any_country
  FROM counted
  GROUP BY GROUPING SETS ((week), (week, domain), (week, country), (week, domain, country))
),
priced AS (
  SELECT domain, country, week, currency,
         one / 2 + other / 2 + (one % 2 + other % 2) / 2 AS value,  -- the middle, without overflow
         count(*) AS n
  FROM counted
  WHERE currency IS NOT NULL AND one > 0 AND other > 0
  GROUP BY 1, 2, 3, 4, 5
),
grouped AS (
  SELECT domain, country, week, currency, value, sum(n) AS n,
         grouping(domain) AS any_domain, grouping(country) AS any_country
  FROM priced
  GROUP BY GROUPING SETS (
    (week, currency, value),
    (week, currency, value, domain),
    (week, currency, value, country),
    (week, currency, value, domain, country)
  )
),
ranked AS (
  SELECT domain, country, week, currency, value,
         sum(n) OVER (PARTITION BY domain, country, week, currency ORDER BY value) AS upto,
         sum(n) OVER (PARTITION BY domain, country, week, currency) AS total
  FROM grouped
  WHERE (any_domain = 1 OR domain IS NOT NULL) AND (any_country = 1 OR country IS NOT NULL)
),
medians AS (
  SELECT domain, country, week, currency, total AS n,
         min(CASE WHEN upto > (total - 1) / 2 THEN value END) AS below,
         min(CASE WHEN upto > total / 2 THEN value END) AS above
  FROM ranked
  WHERE total >= 3
  GROUP BY domain, country, week, currency, total
),
points AS (
  SELECT domain, country, 'new_roles' AS metric, CAST(NULL AS VARCHAR) AS currency, week, n, CAST(n AS DOUBLE) AS value
  FROM new_roles
  WHERE (any_domain = 1 OR domain IS NOT NULL) AND (any_country = 1 OR country IS NOT NULL)
  UNION ALL
  SELECT domain, country, 'median_pay_minor' AS metric, currency, week, n,
         CAST(below + (above - below + 1) / 2 AS DOUBLE) AS value  -- half up, as in salary
  FROM medians
)
SELECT CAST($day AS DATE) AS day, domain, country, metric, currency, week, n, value,
       CAST($method AS VARCHAR) AS method
FROM points
ORDER BY domain NULLS FIRST, country NULLS FIRST, metric, currency NULLS FIRST, week
