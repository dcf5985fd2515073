// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.HostData;

public sealed record FirmwareStatusSpec
{
    /// <summary>What the kernel says of each flaw of the processor: <c>Not affected</c>, <c>Mitigation: …</c>, <c>Vulnerable…</c>. By key.</summary>
    public IReadOnlyList<HostSetting>? Vulnerabilities { get; init; }

    /// <summary>Shape: <c>0xd000404</c>, the same on all cores; several with commas between them where it is not.</summary>
    public string? Microcode { get; init; }

    public string? ProcessorModel { get; init; }

    /// <summary>By key: <c>bios_vendor</c>, <c>bios_version</c>, <c>bios_date</c>, <c>sys_vendor</c>, <c>product_name</c>. No serial numbers.</summary>
    public IReadOnlyList<HostSetting>? Machine { get; init; }

    /// <summary>By key: <c>smt</c> (several threads on a core), <c>tpm</c> (version), <c>iommu</c> (devices' memory access is bounded).</summary>
    public IReadOnlyList<HostSetting>? Settings { get; init; }

    public string? NodeName { get; init; }
}
