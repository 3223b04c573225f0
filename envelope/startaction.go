package envelope

// StartAction says how StartupSection/Item starts its virtual system (DSP0243
// 9.7). The zero value means the attribute is absent, which is the same as
// [StartPowerOn].
type StartAction string

// The start actions of DSP0243.
const (
	StartPowerOn StartAction = "powerOn" // power the system on; the default
	StartNone    StartAction = "none"    // leave it off
)

// Valid reports whether a is absent or an action of the standard.
func (a StartAction) Valid() bool {
	return a == "" || a == StartPowerOn || a == StartNone
}

// StopAction says how StartupSection/Item stops its virtual system (DSP0243
// 9.7). The zero value means the attribute is absent, which is the same as
// [StopPowerOff].
type StopAction string

// The stop actions of DSP0243.
const (
	StopPowerOff      StopAction = "powerOff"      // cut the power; the default
	StopGuestShutdown StopAction = "guestShutdown" // ask the guest to shut down
	StopNone          StopAction = "none"          // leave it on
)

// Valid reports whether a is absent or an action of the standard.
func (a StopAction) Valid() bool {
	return a == "" || a == StopPowerOff || a == StopGuestShutdown || a == StopNone
}
