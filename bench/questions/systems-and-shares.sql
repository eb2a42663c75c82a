-- Staff of every system at the end of March 2021, and their share of England
SELECT s.place, s.place_name, s.fte, round(100 * s.fte / e.fte, 2) AS percent
FROM stock AS s
JOIN stock AS e ON e.publication = s.publication AND e.month_end = s.month_end AND e.staff = s.staff
WHERE s.publication = 'hchs-staff' AND s.month_end = DATE '2021-03-31' AND s.staff = 'all'
  AND s.place_kind = 'system' AND e.place = 'ENG'
ORDER BY s.fte DESC, s.place
