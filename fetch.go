package ovf

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/internal/source"
)

// FetchFrom returns a [Fetcher] for files on the named hosts, and no others: a
// redirect to another host is refused too. A host is written as in a URL, with a
// port if that is not the default one, such as "files.example.com:8443". client may
// be nil. From a server that gives no parts a file is copied into a temporary one,
// of at most 64 GiB.
func FetchFrom(client *http.Client, hosts ...string) Fetcher {
	if client == nil {
		client = source.DefaultClient()
	}
	c := *client
	allowed := func(u *url.URL) error {
		if (u.Scheme == "http" || u.Scheme == "https") && slices.ContainsFunc(hosts, func(h string) bool { return strings.EqualFold(h, u.Host) }) {
			return nil
		}
		return errors.New("fetching from " + diag.Quote(u.Host) + " is not allowed")
	}
	next := c.CheckRedirect
	c.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		switch err := allowed(r.URL); {
		case err != nil:
			return err
		case next != nil:
			return next(r, via)
		case len(via) >= 10:
			return errors.New("more than 10 redirects")
		}
		return nil
	}
	tmp := &source.Spooler{Limit: Limits{}.withDefaults().Spool}
	return func(ctx context.Context, href string) (disk.File, error) {
		u, err := url.Parse(href)
		if err != nil {
			return nil, errors.New("the href is no URL")
		}
		if err := allowed(u); err != nil {
			return nil, err
		}
		return source.Open(ctx, &c, href, tmp)
	}
}
