-- Nurses and health visitors of England, FTE by month since 2019
SELECT month_end, fte
FROM stock
WHERE publication = 'hchs-staff' AND place = 'ENG' AND staff = 'nurses' AND month_end >= DATE '2019-01-01'
ORDER BY month_end
