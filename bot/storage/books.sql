-- name: add_book(province_id, kind, key, name, digest, body, warnings, at)^
-- The next version; nothing where the newest one is the same.
INSERT INTO book (province_id, kind, key, version, name, digest, body, warnings, at)
SELECT :province_id, :kind, :key, coalesce(max(version), 0) + 1, :name, :digest, :body, :warnings, :at
FROM book WHERE province_id = :province_id AND kind = :kind AND key = :key
HAVING coalesce((
  SELECT digest FROM book WHERE province_id = :province_id AND kind = :kind AND key = :key
  ORDER BY version DESC LIMIT 1
), '') <> :digest
RETURNING version;

-- name: newest_book(province_id, kind, key)^
SELECT kind, key, version, name, warnings, at, signed_by, signed_at FROM book
WHERE province_id = :province_id AND kind = :kind AND key = :key ORDER BY version DESC LIMIT 1;

-- name: signed_books(province_id, kind)
-- Of each key the newest version that was signed, the newest key first.
SELECT kind, key, max(version), name, warnings, at, signed_by, signed_at FROM book
WHERE province_id = :province_id AND kind = :kind AND signed_at IS NOT NULL GROUP BY key ORDER BY key DESC;

-- name: unsigned_books(province_id)
-- The newest version of each key, where it waits for its signature.
SELECT b.kind, b.key, b.version, b.name, b.warnings, b.at, b.signed_by, b.signed_at FROM book b
WHERE b.province_id = :province_id AND b.signed_at IS NULL AND NOT EXISTS (
  SELECT 1 FROM book o
  WHERE o.province_id = b.province_id AND o.kind = b.kind AND o.key = b.key AND o.version > b.version
)
ORDER BY b.kind, b.key DESC;

-- name: book_body(province_id, kind, key, version)^
SELECT body FROM book WHERE province_id = :province_id AND kind = :kind AND key = :key AND version = :version;

-- name: sign_book(province_id, kind, key, version, person_id, at)^
UPDATE book SET signed_by = :person_id, signed_at = :at
WHERE province_id = :province_id AND kind = :kind AND key = :key AND version = :version AND signed_at IS NULL
  AND NOT EXISTS (
    SELECT 1 FROM book o WHERE o.province_id = book.province_id AND o.kind = book.kind AND o.key = book.key
      AND o.version > book.version
  )
RETURNING version;
