package app_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// readFiles gives every file of the database as it lies on the disk.
func readFiles(w *world) map[string][]byte {
	files, err := filepath.Glob(filepath.Join(w.config.DataDir, "*"))
	w.must(err)
	out := map[string][]byte{}
	for _, f := range files {
		if filepath.Base(f) == "secret" {
			continue
		}
		data, err := os.ReadFile(f)
		w.must(err)
		out[filepath.Base(f)] = data
	}
	if len(out["sunday.db"]) == 0 {
		w.t.Error("there is no database to read")
	}
	return out
}

// readTables gives every value of every table but the residents'.
func readTables(w *world) map[string][]byte {
	db, err := sql.Open("sqlite", filepath.Join(w.config.DataDir, "sunday.db")+"?_pragma=query_only(1)")
	w.must(err)
	names, err := readColumn(w.ctx, db, "SELECT name FROM sqlite_schema WHERE type = 'table'")
	w.must(err)
	out := map[string][]byte{}
	for name := range strings.FieldsSeq(string(names)) {
		if name == "residents" || name == "resident_words" {
			continue
		}
		out["table "+name], err = readColumn(w.ctx, db, `SELECT * FROM "`+name+`"`) //nolint:unqueryvet // whatever columns there are
		w.must(err)
	}
	w.must(db.Close())
	return out
}

func readColumn(ctx context.Context, db *sql.DB, query string) ([]byte, error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var out []byte
	values, into := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		for _, v := range values {
			out = append(append(out, v...), '\n')
		}
	}
	return out, rows.Err()
}

// readCollections gives every document of every collection, byte by byte.
func readCollections(w *world) map[string][]byte {
	client, err := mongo.Connect(options.Client().ApplyURI(string(w.config.MongoURI)))
	w.must(err)
	db := client.Database(w.config.MongoDatabase)
	names, err := db.ListCollectionNames(w.ctx, bson.D{})
	w.must(err)
	out := map[string][]byte{}
	for _, name := range names {
		found, err := db.Collection(name).Find(w.ctx, bson.D{})
		w.must(err)
		var all []byte
		for found.Next(w.ctx) {
			all = append(all, found.Current...)
		}
		w.must(errBoth(found.Err(), found.Close(w.ctx)))
		out[name] = all
	}
	if len(out["residents"]) == 0 {
		w.t.Error("there is no database to read")
	}
	w.must(client.Disconnect(w.ctx))
	return out
}
