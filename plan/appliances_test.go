package plan_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/plan"
	"github.com/ovfkit/ovf/schemas"
	"github.com/ovfkit/ovf/xmltree"
)

// The cases of the white paper on the appliances of this module, which are always
// there. What is wanted is worked out by hand from their descriptors.

func appliance(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile("../examples/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// values makes "id/key" = value of lines "id key value", as documented does.
func values(text string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(text) {
		if f := strings.Fields(line); len(f) > 1 {
			out[f[0]+"/"+f[1]] = strings.Join(f[2:], " ")
		}
	}
	return out
}

func TestPetstore(t *testing.T) {
	p, err := resolveText(t, appliance(t, "petstore/petstore.ovf"), plan.Choices{Option: "minimal",
		Properties: set("adminEmail=ops@example.com", "appIp=10.20.132.101", "dbIp=10.20.132.102", "db2Ip=10.20.132.103")})
	if err != nil {
		t.Fatal(err)
	}
	shop := func(id string) string {
		return id + " adminEmail ops@example.com\n" + id + " appIp 10.20.132.101\n" + id + " dbIp 10.20.132.102\n" + id + " db2Ip 10.20.132.103\n" + id + " logLevel quiet\n"
	}
	tier := func(id string) string {
		return id + " com.example.db.primaryIp 10.20.132.102\n" + id + " com.example.db.standbyIp 10.20.132.103\n" + id + " com.example.db.log quiet\n"
	}
	databases := tier("DB1") + tier("DB2") + `
		DB1 com.example.db.ip 10.20.132.102
		DB1 com.example.db.peerIp 10.20.132.103
		DB1 com.example.db.role primary
		DB2 com.example.db.ip 10.20.132.103
		DB2 com.example.db.peerIp 10.20.132.102
		DB2 com.example.db.role standby`
	sameValues(t, "WebTier", environmentOf(t, p, "WebTier"), values(shop("WebTier")+shop("DBTier")+tier("DBTier")+`
		WebTier com.example.petstore.web.listen 10.20.132.101:80
		WebTier com.example.petstore.web.database postgresql://10.20.132.102:5432,10.20.132.103:5432/shop
		WebTier com.example.petstore.web.log quiet`))
	sameValues(t, "DB1", environmentOf(t, p, "DB1"), values(databases))
	sameValues(t, "DB2", environmentOf(t, p, "DB2"), values(databases))
	if got := p.Collections[0].Products[0].AppURL; got != "http://10.20.132.101/" {
		t.Errorf("address %q", got)
	}
}

func TestLAMP(t *testing.T) {
	p, err := resolveText(t, appliance(t, "lamp-one/lamp-one.ovf"), plan.Choices{Properties: set("ip=10.0.0.7", "gateway=10.0.0.1", "dns=10.0.0.2,10.0.0.3", "dataGB=2048", "keepAlive=false")})
	if err != nil {
		t.Fatal(err)
	}
	sameValues(t, "lamp", environmentOf(t, p, "lamp"), values(`
		lamp com.example.linux.hostname lamp
		lamp com.example.linux.ip 10.0.0.7
		lamp com.example.linux.netmask 255.255.255.0
		lamp com.example.linux.gateway 10.0.0.1
		lamp com.example.linux.dns 10.0.0.2,10.0.0.3
		lamp com.example.linux.sshKey
		lamp com.example.httpd.httpPort 80
		lamp com.example.httpd.httpsPort 443
		lamp com.example.httpd.workers 64
		lamp com.example.httpd.keepAlive false
		lamp com.example.mysql.dataGB 2048
		lamp com.example.mysql.cacheMB 32
		lamp com.example.mysql.maxConnections 200
		lamp com.example.mysql.waitSeconds 100
		lamp com.example.php.sessionMinutes 10
		lamp com.example.php.scriptMemoryMB 32
		lamp com.example.php.loadFactor 0.8`))
	if d := p.Disks[1]; d.ID != "data" || d.Capacity != 2<<40 || d.CapacityOrigin.Kind != plan.FromOperator {
		t.Errorf("data disk %+v", d)
	}

	two := appliance(t, "lamp-two-tier/lamp.ovf")
	choices := plan.Choices{Properties: set("appIp=10.0.0.7", "dbIp=10.0.0.8", "gateway=10.0.0.1", "dns=10.0.0.2")}
	p, err = resolveText(t, two, choices)
	if err != nil {
		t.Fatal(err)
	}
	got := environmentOf(t, p, "AppServer")
	for k, want := range values(`
		AppServer com.example.linux.hostname lamp-app
		AppServer com.example.linux.ip 10.0.0.7
		AppServer com.example.site.database mysql://10.0.0.8/site?pool=200
		AppServer dbIp 10.0.0.8
		DbServer com.example.linux.hostname lamp-db
		DbServer com.example.linux.gateway 10.0.0.1`) {
		if got[k] != want {
			t.Errorf("%s is %q, want %q", k, got[k], want)
		}
	}
	// the mistakes of the paper's appliance put into ours
	_, err = resolveText(t, mend(t, two, `${appHostname}`, `${appHostName}`, `${dbHostname}`, `${dbHostName}`, `VirtualSystem ovf:id="DbServer"`, `VirtualSystem ovf:id="DB Server"`), choices)
	var list diag.List
	if !errors.As(err, &list) || list.Count(diag.Error) != 3 {
		t.Fatalf("three mistakes, and %v", err)
	}
	for _, want := range []string{`"appHostName"`, `"dbHostName"`, `"DbServer"`, `there is a property "appHostname"`} {
		found := false
		for _, d := range list {
			found = found || strings.Contains(d.Message+d.Hint, want)
		}
		if !found {
			t.Errorf("nothing about %s in %v", want, err)
		}
	}
}

func TestExtensionAppliance(t *testing.T) {
	text := appliance(t, "extension/extension.ovf")
	source, err := schemas.FromDir("../examples/extension")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []schemas.Options{{}, {Source: source}} {
		v, err := schemas.Compile(o)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := xmltree.Parse("extension.ovf", []byte(text), xmltree.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := v.Validate(t.Context(), doc)
		if err != nil {
			t.Fatal(err)
		}
		if valid := len(r.Diagnostics) == 0; valid != (o.Source != nil) {
			t.Errorf("with its schema: %v; %v", o.Source != nil, r.Diagnostics)
		}
	}
	env := decodeText(t, text)
	p, err := plan.Resolve(t.Context(), plan.Input{Envelope: env}, plan.Choices{})
	if err != nil {
		t.Fatal(err)
	}
	if p.ConformanceLevel != 2 {
		t.Errorf("level %d", p.ConformanceLevel)
	}
	if b, err := envelope.Encode(env); err != nil || string(b) != text {
		t.Errorf("the descriptor is not the same after resolving it: %v", err)
	}
}
