-- name: get_definition(province_id, survey_id, version)^
-- The checked questionnaire as JSON: reading the sheet again would cost seconds at every start.
SELECT definition FROM survey WHERE province_id = :province_id AND id = :survey_id AND version = :version;

-- name: newest_version(province_id, survey_id)^
SELECT version FROM survey WHERE province_id = :province_id AND id = :survey_id
ORDER BY published_at DESC, version DESC LIMIT 1;

-- name: published_digest(province_id, survey_id, version)^
SELECT digest FROM survey WHERE province_id = :province_id AND id = :survey_id AND version = :version;

-- name: is_published(province_id, digest)^
SELECT 1 FROM survey WHERE province_id = :province_id AND digest = :digest;

-- name: add_survey(province_id, survey_id, version, sheet, definition, digest, at)!
INSERT INTO survey (province_id, id, version, sheet, definition, digest, published_at)
VALUES (:province_id, :survey_id, :version, :sheet, :definition, :digest, :at);
