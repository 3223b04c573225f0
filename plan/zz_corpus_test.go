package plan_test
import ("testing";"os";"context";"fmt";"path/filepath";"io/fs";"strings";"errors";"sort"
"github.com/ovfkit/ovf/plan";"github.com/ovfkit/ovf/diag"
"github.com/ovfkit/ovf/envelope")
func TestScratchCorpus(t *testing.T){
 cnt := map[string]int{}; ex := map[string]string{}; ok, bad := 0,0
 filepath.WalkDir("../../shared/corpus", func(p string, e fs.DirEntry, err error) error {
 if err!=nil || !strings.HasSuffix(p,".ovf") {return nil}
 b,_ := os.ReadFile(p)
 env,_,err := envelope.Decode(b, envelope.DecodeOptions{Name:p})
 if err!=nil {return nil}
 _, err = plan.Resolve(context.Background(), plan.Input{Envelope:env}, plan.Choices{})
 if err == nil {ok++; return nil}
 bad++
 var l diag.List
 if errors.As(err,&l) { seen := map[string]bool{}; for _, d := range l { if d.Severity==diag.Error && !seen[d.Rule] { seen[d.Rule]=true; cnt[d.Rule]++; if cnt[d.Rule]<=3 {ex[d.Rule]+= "\n     "+d.Error() } } } } else { fmt.Println("OTHER", err) }
 return nil})
 fmt.Println(ok,bad)
 var ks []string; for k := range cnt {ks=append(ks,k)}; sort.Strings(ks)
 for _,k := range ks {fmt.Println(k,cnt[k],ex[k])}
}
