-- Looks at the canary.
-- KEYS[1]  the canary
-- Answers since when the store remembers.
return since(KEYS[1])
