-- Staff engagement in the survey of 2024, by region: every response counting once
SELECT p.region, r.name, count(*) AS organisations, sum(n.value) AS responses,
  round(sum(f.value * n.value) / sum(n.value), 3) AS score
FROM facts AS f
JOIN facts AS n ON n.publication = f.publication AND n.place = f.place AND n.detail = f.detail AND n.period = f.period
JOIN places AS p ON p.code = f.place
JOIN places AS r ON r.code = p.region
WHERE f.publication = 'staff-survey-2024' AND f.measure = 'staff_survey_score' AND f.detail = 'Staff Engagement'
  AND n.measure = 'survey_responses' AND f.value IS NOT NULL AND n.value IS NOT NULL
GROUP BY p.region, r.name
ORDER BY score DESC, p.region
