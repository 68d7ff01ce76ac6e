"""HTTP: pages for people (web) and JSON for programs (v1). What is true and what may change stands in disburse."""
