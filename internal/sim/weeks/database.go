package weeks

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/store/mongostore"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// province is where all units of a simulation lie.
const province = "68"

// database is where one simulation after another lives, each from the same
// prepared beginning. It is used by one simulation at a time.
type database interface {
	// fresh gives the prepared database anew.
	fresh(ctx context.Context) (config.Config, error)
	close(ctx context.Context) error
}

func configOf(dataDir string) config.Config {
	return config.Config{
		DataDir: dataDir, BaseURL: "https://sunday.example.org", Secret: "the secret that all simulations share",
	}
}

// communes are the codes of the first n communes and wards of the province.
func communes(n int) ([]string, error) {
	all, err := unit.StateUnits()
	if err != nil {
		return nil, err
	}
	var codes []string
	for _, u := range unit.InProvince(all, province) {
		if u.Code != province {
			codes = append(codes, u.Code)
		}
	}
	slices.Sort(codes)
	if n < 1 || n > len(codes) {
		return nil, fmt.Errorf("from 1 to %d units, not %d", len(codes), n)
	}
	return codes[:n], nil
}

// prepare lays the units into a new database.
func prepare(ctx context.Context, c config.Config, units int) error {
	if err := skipUnits(ctx, c); err != nil {
		return err
	}
	codes, err := communes(units)
	if err != nil {
		return err
	}
	all, err := unit.StateUnits()
	if err != nil {
		return err
	}
	few := slices.DeleteFunc(unit.InProvince(all, province), func(u unit.Unit) bool {
		return u.Code != province && !slices.Contains(codes, u.Code)
	})
	a, err := app.Open(ctx, app.Options{Config: c, IDs: newIDs(0), SyncOff: true})
	if err != nil {
		return err
	}
	for _, u := range few {
		if u.Code != province {
			few = append(few, villageOf(u))
		}
	}
	return errors.Join(a.Services.Units.EnsureMany(ctx, actor.System("start"), few), a.Close())
}

// villageOf is the one village of a unit.
func villageOf(u unit.Unit) unit.Unit {
	v := unit.Unit{Kind: unit.Village, Parent: u.ID, Ancestors: u.Above(), Names: map[string]string{"vi": "Village"}}
	v.ID = villageID(u.ID)
	return v
}

func villageID(unit string) string { return id.Hash("village", unit) }

// skipUnits says that the state's units are laid: a simulation needs a few.
func skipUnits(ctx context.Context, c config.Config) error {
	set, err := openStore(ctx, c)
	if err != nil {
		return err
	}
	_, err = set.Settings.SetSetting(ctx, "state_units", "", "few")
	return errors.Join(err, set.Health.Close())
}

func openStore(ctx context.Context, c config.Config) (*store.Set, error) {
	if c.MongoURI != "" {
		return mongostore.Open(ctx, mongostore.Options{URI: string(c.MongoURI), Database: c.MongoDatabase, IDs: id.Random()})
	}
	st, err := sqlitestore.Open(ctx, sqlitestore.Options{Path: filepath.Join(c.DataDir, "sunday.db"), Sync: "OFF"})
	if err != nil {
		return nil, err
	}
	return st.Set(), nil
}

// file is a prepared SQLite file of which each simulation gets a copy.
type file struct {
	dir  string
	data []byte
}

func newFile(ctx context.Context, units int) (_ *file, err error) {
	dir, err := os.MkdirTemp("", "sunday-simulate-")
	if err != nil {
		return nil, err
	}
	f := &file{dir: dir}
	if err := prepare(ctx, configOf(dir), units); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if f.data, err = os.ReadFile(f.name()); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return f, nil
}

func (f *file) name() string { return filepath.Join(f.dir, "sunday.db") }

func (f *file) fresh(context.Context) (config.Config, error) {
	for _, side := range []string{"-wal", "-shm"} {
		if err := os.Remove(f.name() + side); err != nil && !errors.Is(err, os.ErrNotExist) {
			return config.Config{}, err
		}
	}
	return configOf(f.dir), os.WriteFile(f.name(), f.data, 0o600)
}

func (f *file) close(context.Context) error { return os.RemoveAll(f.dir) }

// documents is a MongoDB database that is set back to the documents that it
// was prepared with: making indexes anew takes longer.
type documents struct {
	config config.Config
	db     *mongo.Database
	laid   map[string][]bson.Raw
	names  []string
}

func newDocuments(ctx context.Context, uri string, units int) (*documents, error) {
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		return nil, err
	}
	name := "sunday-simulate-" + strings.ReplaceAll(id.Random().New(0)[14:], "-", "")
	d := &documents{config: configOf(""), db: client.Database(name), laid: map[string][]bson.Raw{}}
	d.config.MongoURI, d.config.MongoDatabase = config.Secret(uri), name
	if err := errors.Join(prepare(ctx, d.config, units), d.read(ctx)); err != nil {
		return nil, errors.Join(err, d.close(ctx))
	}
	return d, nil
}

func (d *documents) read(ctx context.Context) (err error) {
	if d.names, err = d.db.ListCollectionNames(ctx, bson.D{}); err != nil {
		return err
	}
	slices.Sort(d.names)
	for _, name := range d.names {
		cursor, err := d.db.Collection(name).Find(ctx, bson.D{})
		if err != nil {
			return err
		}
		var found []bson.Raw
		if err := cursor.All(ctx, &found); err != nil {
			return err
		}
		d.laid[name] = found
	}
	return nil
}

func (d *documents) fresh(ctx context.Context) (config.Config, error) {
	for _, name := range d.names {
		if _, err := d.db.Collection(name).DeleteMany(ctx, bson.D{}); err != nil {
			return config.Config{}, err
		}
		if len(d.laid[name]) == 0 {
			continue
		}
		if _, err := d.db.Collection(name).InsertMany(ctx, d.laid[name]); err != nil {
			return config.Config{}, err
		}
	}
	return d.config, nil
}

func (d *documents) close(ctx context.Context) error {
	return errors.Join(d.db.Drop(ctx), d.db.Client().Disconnect(ctx))
}
