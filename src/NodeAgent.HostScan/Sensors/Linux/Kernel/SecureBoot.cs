// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.HostScan.Roots;

namespace NodeAgent.HostScan.Sensors.Linux.Kernel;

/// <summary>Whether the firmware starts only what is signed. Source: UEFI 2.10, section 3.3; Documentation/filesystems/efivarfs.</summary>
internal static class SecureBoot
{
    private const string Variables = "/sys/firmware/efi/efivars/";
    private const string Enabled = Variables + "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
    private const string SetupMode = Variables + "SetupMode-8be4df61-93ca-11d2-aa0d-00e098032b8c";
    private const string ShimState = Variables + "MokSBStateRT-605dab50-e046-4300-abb6-3dd810dd8b23";

    public static void Add(SensorRun run, List<HostSetting> settings)
    {
        if (!run.Root.Exists("/sys/firmware/efi"))
        {
            settings.Add(Setting.Of("secureBoot.state", "noUefi", "/sys/firmware/efi"));
            return;
        }

        // In setup mode the keys are not fixed yet: anybody may put in his own.
        (byte? enabled, byte? setup) = (ValueOf(run.Read(Enabled, 64)), ValueOf(run.Read(SetupMode, 64)));
        settings.Add(Setting.Of("secureBoot.state", (enabled, setup) switch { (null, _) => "unknown", (0, 1) => "setupMode", (1, not 1) => "enabled", _ => "disabled" }, Enabled));
        if (ValueOf(run.Read(ShimState, 64)) is { } ignored)
        {
            settings.Add(Setting.Of("secureBoot.shimValidates", ignored != 1, ShimState));
        }
    }

    // Four bytes of attributes, then the value.
    private static byte? ValueOf(in HostFileBytes file) => file.IsRead && file.Bytes.Length == 5 ? file.Bytes.Span[4] : null;
}
