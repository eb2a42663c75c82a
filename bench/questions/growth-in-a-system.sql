-- Organisations of Devon, ranked by how much their staff grew in the five years to March 2021
SELECT rank() OVER (ORDER BY b.fte / a.fte DESC) AS rank, a.place, a.place_name, a.fte AS fte_2016, b.fte AS fte_2021,
  round(100 * (b.fte / a.fte - 1), 1) AS percent
FROM stock AS a
JOIN stock AS b ON b.publication = a.publication AND b.place = a.place AND b.staff = a.staff
JOIN places AS p ON p.code = a.place
WHERE a.publication = 'hchs-staff' AND a.staff = 'all' AND a.month_end = DATE '2016-03-31'
  AND b.month_end = DATE '2021-03-31' AND p.kind = 'organisation' AND p.system = 'QJK'
ORDER BY rank, a.place
