-- name: get_sheet(province_id, survey_id, version)^
SELECT sheet FROM survey WHERE province_id = :province_id AND id = :survey_id AND version = :version;

-- name: newest_version(province_id, survey_id)^
SELECT version FROM survey WHERE province_id = :province_id AND id = :survey_id
ORDER BY published_at DESC, version DESC LIMIT 1;

-- name: published_digest(province_id, survey_id, version)^
SELECT digest FROM survey WHERE province_id = :province_id AND id = :survey_id AND version = :version;

-- name: add_survey(province_id, survey_id, version, sheet, digest, at)!
INSERT INTO survey (province_id, id, version, sheet, digest, published_at)
VALUES (:province_id, :survey_id, :version, :sheet, :digest, :at);
