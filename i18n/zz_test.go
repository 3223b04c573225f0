package i18n_test
import ("testing";"github.com/ovfkit/ovf/i18n")
func BenchmarkChoose(b *testing.B){ bs:=locales("da-DK","de-DE"); b.ReportAllocs(); for b.Loop(){ i18n.Choose("en-US",bs,[]string{"da"})}}
func BenchmarkChooseNone(b *testing.B){ bs:=locales("da-DK","de-DE"); b.ReportAllocs(); for b.Loop(){ i18n.Choose("en-US",bs,nil)}}
