-- salary: advertised yearly pay per field of work, country, level and currency, as exact quantiles of the middle of
--         each role's range (of the stated side where only one is stated).
-- reads:  roles
-- writes: market_salary
-- takes:  $day, the last day of the window; $after, the day before its first; $window_days; $method
--
-- A role counts when it was published (first seen, where no date is stated) within the window.
-- Pay that a source guessed does not count. A role whose field, country or level is unknown counts in "all" alone.
-- Quantiles interpolate linearly between neighbours, in whole minor units, half up. A group needs 3 roles.
WITH
ranges AS (
  SELECT domain, country, level, pay_currency AS currency,
         coalesce(pay_annual_min_minor, pay_annual_max_minor) AS one,
         coalesce(pay_annual_max_minor, pay_annual_min_minor) AS other
  FROM roles
  WHERE CAST(coalesce(posted_at, first_seen_at) AS DATE) > CAST($after AS DATE)
    AND CAST(coalesce(posted_at, first_seen_at) AS DATE) <= CAST($day AS DATE)
    AND pay_currency IS NOT NULL
    AND NOT coalesce(pay_predicted, false)
),
-- Equal pay is counted before it is grouped, so that what is held grows with the variety of pay, not with the roles.
priced AS (
  SELECT domain, country, level, currency,
         one / 2 + other / 2 + (one % 2 + other % 2) / 2 AS value,  -- the middle, without overflow
         count(*) AS n
  FROM ranges
  WHERE one > 0 AND other > 0
  GROUP BY 1, 2, 3, 4, 5
),
grouped AS (
  SELECT domain, country, level, currency, value, sum(n) AS n,
         grouping(domain) AS any_domain, grouping(country) AS any_country, grouping(level) AS any_level
  FROM priced
  GROUP BY GROUPING SETS (
    (currency, value),
    (currency, value, domain),
    (currency, value, country),
    (currency, value, level),
    (currency, value, domain, country),
    (currency, value, domain, level),
    (currency, value, country, level),
    (currency, value, domain, country, level)
  )
),
-- From here on null means "all": groups of the unknown are gone.
ranked AS (
  SELECT domain, country, level, currency, value,
         sum(n) OVER (PARTITION BY domain, country, level, currency ORDER BY value) AS upto,
         sum(n) OVER (PARTITION BY domain, country, level, currency) AS total
  FROM grouped
  WHERE (any_domain = 1 OR domain IS NOT NULL)
    AND (any_country = 1 OR country IS NOT NULL)
    AND (any_level = 1 OR level IS NOT NULL)
),
neighbours AS (
  SELECT domain, country, level, currency, total, percent,
         (total - 1) * percent % 100 AS rest,
         min(CASE WHEN upto > (total - 1) * percent / 100 THEN value END) AS below,
         coalesce(min(CASE WHEN upto > (total - 1) * percent / 100 + 1 THEN value END), max(value)) AS above,
         min(CASE WHEN upto >= median_rank(total) THEN value END) AS low,
         min(CASE WHEN upto > total - median_rank(total) THEN value END) AS high
  FROM ranked CROSS JOIN (VALUES (10), (25), (50), (75), (90)) AS percents (percent)
  WHERE total >= 3
  GROUP BY domain, country, level, currency, total, percent
),
quantiles AS (
  SELECT domain, country, level, currency, total, percent, low, high,
         below + (above - below) / 100 * rest + ((above - below) % 100 * rest + 50) / 100 AS value
  FROM neighbours
)
SELECT CAST($day AS DATE) AS day, domain, country, level, currency,
       CAST($window_days AS BIGINT) AS window_days,
       total AS n,
       max(CASE WHEN percent = 10 THEN value END) AS p10_minor,
       max(CASE WHEN percent = 25 THEN value END) AS p25_minor,
       max(CASE WHEN percent = 50 THEN value END) AS p50_minor,
       max(CASE WHEN percent = 75 THEN value END) AS p75_minor,
       max(CASE WHEN percent = 90 THEN value END) AS p90_minor,
       max(low) AS p50_low_minor,
       max(high) AS p50_high_minor,
       CAST($method AS VARCHAR) AS method
FROM quantiles
GROUP BY domain, country, level, currency, total
ORDER BY domain NULLS FIRST, country NULLS FIRST, level NULLS FIRST, currency
