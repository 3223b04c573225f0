package envelope

import (
	"strconv"
	"strings"
)

// OSType is the operating system of a virtual system: the value of
// CIM_OperatingSystem.OSType in OperatingSystemSection/@id. It is a
// number in XML and in JSON.
//
// The names are those of the CIM schemas: 0 to 116 as in CIM Schema 2.42, 117 to
// 121 as later schemas add them. 112 has no name in them (VMware writes it for
// Windows Server 2016 and later), and newer systems have no value of their own:
// use the nearest one, such as [OSLinux64], and say more in Description.
type OSType uint16

// The operating systems of CIM. The 64-bit variants end in 64.
const (
	OSUnknown              OSType = 0
	OSOther                OSType = 1
	OSMacOS                OSType = 2
	OSATTUnix              OSType = 3
	OSDGUX                 OSType = 4
	OSDECNT                OSType = 5
	OSTru64Unix            OSType = 6
	OSOpenVMS              OSType = 7
	OSHPUX                 OSType = 8
	OSAIX                  OSType = 9
	OSMVS                  OSType = 10
	OSOS400                OSType = 11
	OSOS2                  OSType = 12
	OSJavaVM               OSType = 13
	OSMSDOS                OSType = 14
	OSWin3x                OSType = 15
	OSWin95                OSType = 16
	OSWin98                OSType = 17
	OSWinNT                OSType = 18
	OSWinCE                OSType = 19
	OSNCR3000              OSType = 20
	OSNetWare              OSType = 21
	OSOSF                  OSType = 22
	OSDCOS                 OSType = 23
	OSReliantUnix          OSType = 24
	OSSCOUnixWare          OSType = 25
	OSSCOOpenServer        OSType = 26
	OSSequent              OSType = 27
	OSIRIX                 OSType = 28
	OSSolaris              OSType = 29
	OSSunOS                OSType = 30
	OSU6000                OSType = 31
	OSASERIES              OSType = 32
	OSHPNonStopOS          OSType = 33
	OSHPNonStopOSS         OSType = 34
	OSBS2000               OSType = 35
	OSLinux                OSType = 36
	OSLynx                 OSType = 37
	OSXenix                OSType = 38
	OSVM                   OSType = 39
	OSInteractiveUnix      OSType = 40
	OSBSDUnix              OSType = 41
	OSFreeBSD              OSType = 42
	OSNetBSD               OSType = 43
	OSGNUHurd              OSType = 44
	OSOS9                  OSType = 45
	OSMachKernel           OSType = 46
	OSInferno              OSType = 47
	OSQNX                  OSType = 48
	OSEPOC                 OSType = 49
	OSIxWorks              OSType = 50
	OSVxWorks              OSType = 51
	OSMiNT                 OSType = 52
	OSBeOS                 OSType = 53
	OSHPMPE                OSType = 54
	OSNextStep             OSType = 55
	OSPalmPilot            OSType = 56
	OSRhapsody             OSType = 57
	OSWindows2000          OSType = 58
	OSDedicated            OSType = 59
	OSOS390                OSType = 60
	OSVSE                  OSType = 61
	OSTPF                  OSType = 62
	OSWindowsMe            OSType = 63
	OSCalderaOpenUnix      OSType = 64
	OSOpenBSD              OSType = 65
	OSNotApplicable        OSType = 66
	OSWindowsXP            OSType = 67
	OSZOS                  OSType = 68
	OSWindowsServer2003    OSType = 69
	OSWindowsServer2003_64 OSType = 70
	OSWindowsXP64          OSType = 71
	OSWindowsXPEmbedded    OSType = 72
	OSWindowsVista         OSType = 73
	OSWindowsVista64       OSType = 74
	OSWindowsEmbeddedPOS   OSType = 75
	OSWindowsServer2008    OSType = 76
	OSWindowsServer2008_64 OSType = 77
	OSFreeBSD64            OSType = 78
	OSRHEL                 OSType = 79
	OSRHEL64               OSType = 80
	OSSolaris64            OSType = 81
	OSSUSE                 OSType = 82
	OSSUSE64               OSType = 83
	OSSLES                 OSType = 84
	OSSLES64               OSType = 85
	OSNovellOES            OSType = 86
	OSNovellLinuxDesktop   OSType = 87
	OSSunJavaDesktopSystem OSType = 88
	OSMandriva             OSType = 89
	OSMandriva64           OSType = 90
	OSTurboLinux           OSType = 91
	OSTurboLinux64         OSType = 92
	OSUbuntu               OSType = 93
	OSUbuntu64             OSType = 94
	OSDebian               OSType = 95
	OSDebian64             OSType = 96
	OSLinux24              OSType = 97
	OSLinux24_64           OSType = 98
	OSLinux26              OSType = 99
	OSLinux26_64           OSType = 100
	OSLinux64              OSType = 101
	OSOther64              OSType = 102
	OSWindowsServer2008R2  OSType = 103
	OSVMwareESXi           OSType = 104
	OSWindows7             OSType = 105
	OSCentOS               OSType = 106
	OSCentOS64             OSType = 107
	OSOracleLinux          OSType = 108
	OSOracleLinux64        OSType = 109
	OSEComStation          OSType = 110
	OSWindowsServer2011    OSType = 111
	OSWindowsServer2012    OSType = 113
	OSWindows8             OSType = 114
	OSWindows8_64          OSType = 115
	OSWindowsServer2012R2  OSType = 116
	OSWindowsServer2016    OSType = 117
	OSWindows81            OSType = 118
	OSWindows81_64         OSType = 119
	OSWindows10            OSType = 120
	OSWindows10_64         OSType = 121
)

var osNames = [...]string{
	OSUnknown:              "Unknown",
	OSOther:                "Other",
	OSMacOS:                "MACOS",
	OSATTUnix:              "ATTUNIX",
	OSDGUX:                 "DGUX",
	OSDECNT:                "DECNT",
	OSTru64Unix:            "Tru64 UNIX",
	OSOpenVMS:              "OpenVMS",
	OSHPUX:                 "HPUX",
	OSAIX:                  "AIX",
	OSMVS:                  "MVS",
	OSOS400:                "OS400",
	OSOS2:                  "OS/2",
	OSJavaVM:               "JavaVM",
	OSMSDOS:                "MSDOS",
	OSWin3x:                "WIN3x",
	OSWin95:                "WIN95",
	OSWin98:                "WIN98",
	OSWinNT:                "WINNT",
	OSWinCE:                "WINCE",
	OSNCR3000:              "NCR3000",
	OSNetWare:              "NetWare",
	OSOSF:                  "OSF",
	OSDCOS:                 "DC/OS",
	OSReliantUnix:          "Reliant UNIX",
	OSSCOUnixWare:          "SCO UnixWare",
	OSSCOOpenServer:        "SCO OpenServer",
	OSSequent:              "Sequent",
	OSIRIX:                 "IRIX",
	OSSolaris:              "Solaris",
	OSSunOS:                "SunOS",
	OSU6000:                "U6000",
	OSASERIES:              "ASERIES",
	OSHPNonStopOS:          "HP NonStop OS",
	OSHPNonStopOSS:         "HP NonStop OSS",
	OSBS2000:               "BS2000",
	OSLinux:                "LINUX",
	OSLynx:                 "Lynx",
	OSXenix:                "XENIX",
	OSVM:                   "VM",
	OSInteractiveUnix:      "Interactive UNIX",
	OSBSDUnix:              "BSDUNIX",
	OSFreeBSD:              "FreeBSD",
	OSNetBSD:               "NetBSD",
	OSGNUHurd:              "GNU Hurd",
	OSOS9:                  "OS9",
	OSMachKernel:           "MACH Kernel",
	OSInferno:              "Inferno",
	OSQNX:                  "QNX",
	OSEPOC:                 "EPOC",
	OSIxWorks:              "IxWorks",
	OSVxWorks:              "VxWorks",
	OSMiNT:                 "MiNT",
	OSBeOS:                 "BeOS",
	OSHPMPE:                "HP MPE",
	OSNextStep:             "NextStep",
	OSPalmPilot:            "PalmPilot",
	OSRhapsody:             "Rhapsody",
	OSWindows2000:          "Windows 2000",
	OSDedicated:            "Dedicated",
	OSOS390:                "OS/390",
	OSVSE:                  "VSE",
	OSTPF:                  "TPF",
	OSWindowsMe:            "Windows (R) Me",
	OSCalderaOpenUnix:      "Caldera Open UNIX",
	OSOpenBSD:              "OpenBSD",
	OSNotApplicable:        "Not Applicable",
	OSWindowsXP:            "Windows XP",
	OSZOS:                  "z/OS",
	OSWindowsServer2003:    "Microsoft Windows Server 2003",
	OSWindowsServer2003_64: "Microsoft Windows Server 2003 64-Bit",
	OSWindowsXP64:          "Windows XP 64-Bit",
	OSWindowsXPEmbedded:    "Windows XP Embedded",
	OSWindowsVista:         "Windows Vista",
	OSWindowsVista64:       "Windows Vista 64-Bit",
	OSWindowsEmbeddedPOS:   "Windows Embedded for Point of Service",
	OSWindowsServer2008:    "Microsoft Windows Server 2008",
	OSWindowsServer2008_64: "Microsoft Windows Server 2008 64-Bit",
	OSFreeBSD64:            "FreeBSD 64-Bit",
	OSRHEL:                 "RedHat Enterprise Linux",
	OSRHEL64:               "RedHat Enterprise Linux 64-Bit",
	OSSolaris64:            "Solaris 64-Bit",
	OSSUSE:                 "SUSE",
	OSSUSE64:               "SUSE 64-Bit",
	OSSLES:                 "SLES",
	OSSLES64:               "SLES 64-Bit",
	OSNovellOES:            "Novell OES",
	OSNovellLinuxDesktop:   "Novell Linux Desktop",
	OSSunJavaDesktopSystem: "Sun Java Desktop System",
	OSMandriva:             "Mandriva",
	OSMandriva64:           "Mandriva 64-Bit",
	OSTurboLinux:           "TurboLinux",
	OSTurboLinux64:         "TurboLinux 64-Bit",
	OSUbuntu:               "Ubuntu",
	OSUbuntu64:             "Ubuntu 64-Bit",
	OSDebian:               "Debian",
	OSDebian64:             "Debian 64-Bit",
	OSLinux24:              "Linux 2.4.x",
	OSLinux24_64:           "Linux 2.4.x 64-Bit",
	OSLinux26:              "Linux 2.6.x",
	OSLinux26_64:           "Linux 2.6.x 64-Bit",
	OSLinux64:              "Linux 64-Bit",
	OSOther64:              "Other 64-Bit",
	OSWindowsServer2008R2:  "Microsoft Windows Server 2008 R2",
	OSVMwareESXi:           "VMware ESXi",
	OSWindows7:             "Microsoft Windows 7",
	OSCentOS:               "CentOS 32-bit",
	OSCentOS64:             "CentOS 64-bit",
	OSOracleLinux:          "Oracle Linux 32-bit",
	OSOracleLinux64:        "Oracle Linux 64-bit",
	OSEComStation:          "eComStation 32-bitx",
	OSWindowsServer2011:    "Microsoft Windows Server 2011",
	OSWindowsServer2012:    "Microsoft Windows Server 2012",
	OSWindows8:             "Microsoft Windows 8",
	OSWindows8_64:          "Microsoft Windows 8 64-bit",
	OSWindowsServer2012R2:  "Microsoft Windows Server 2012 R2",
	OSWindowsServer2016:    "Microsoft Windows Server 2016",
	OSWindows81:            "Microsoft Windows 8.1",
	OSWindows81_64:         "Microsoft Windows 8.1 64-bit",
	OSWindows10:            "Microsoft Windows 10",
	OSWindows10_64:         "Microsoft Windows 10 64-bit",
}

// String returns the name that CIM gives the system, as "Ubuntu 64-Bit", and
// "OSType 112" for a number without a name.
func (t OSType) String() string {
	if t.Defined() {
		return osNames[t]
	}
	return "OSType " + strconv.Itoa(int(t))
}

// Defined reports whether CIM names the system.
func (t OSType) Defined() bool {
	return int(t) < len(osNames) && osNames[t] != ""
}

// OSTypeByName finds a system by the name that CIM gives it, in any letter case:
// "ubuntu 64-bit" is [OSUbuntu64].
func OSTypeByName(name string) (OSType, bool) {
	for t, n := range osNames {
		if n != "" && strings.EqualFold(n, name) {
			return OSType(t), true
		}
	}
	return 0, false
}
