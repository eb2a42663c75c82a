-- Nurses by group of nationality in June 2018: of those whose nationality is known, the share of each group, for the ten
-- organisations with the smallest British share
WITH grouped AS (
  SELECT place, value, CASE
    WHEN nationality IN ('Unknown', 'Unknown_RoW') THEN 'unknown'
    WHEN nationality IN ('British', 'English', 'Northern Irish', 'Scottish', 'Welsh') THEN 'british'
    WHEN nationality IN ('Austrian', 'Belgian', 'Bulgarian', 'Croatian', 'Cypriot', 'Czech', 'Danish', 'Dutch', 'Estonian',
      'Finnish', 'French', 'German', 'Greek', 'Hungarian', 'Irish', 'Italian', 'Latvian', 'Lithuanian', 'Luxembourg',
      'Maltese', 'Polish', 'Portuguese', 'Romanian', 'Slovak', 'Slovenian', 'Spanish', 'Swedish') THEN 'rest_of_eu'
    ELSE 'elsewhere' END AS grouping
  FROM facts
  WHERE publication = 'nationality' AND measure = 'fte' AND staff = 'nurses' AND period = '2018-06'
), known AS (
  SELECT place, sum(value) AS fte FROM grouped WHERE grouping <> 'unknown' GROUP BY place HAVING sum(value) >= 500
)
SELECT g.place, p.name, k.fte,
  round(100 * sum(CASE WHEN grouping = 'british' THEN value ELSE 0 END) / k.fte, 1) AS british,
  round(100 * sum(CASE WHEN grouping = 'rest_of_eu' THEN value ELSE 0 END) / k.fte, 1) AS rest_of_eu,
  round(100 * sum(CASE WHEN grouping = 'elsewhere' THEN value ELSE 0 END) / k.fte, 1) AS elsewhere
FROM grouped AS g
JOIN known AS k ON k.place = g.place
JOIN places AS p ON p.code = g.place
GROUP BY g.place, p.name, k.fte
ORDER BY sum(CASE WHEN grouping = 'british' THEN value ELSE 0 END) / k.fte, g.place
LIMIT 10
