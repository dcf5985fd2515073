// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;

namespace NodeAgent.HostScan.Sensors.Kubernetes;

/// <summary>In whose cloud the node is, and whether that hands out metadata to whoever asks. Source: DMI in sysfs, and the services themselves.</summary>
/// <param name="services">Null = they are not asked.</param>
internal sealed class CloudProviderSensor(IMetadataServices? services) : HostSensor<CloudProviderInfoSpec>(HostDataJsonContext.Readable.CloudProviderInfoSpec)
{
    private const string Dmi = "/sys/class/dmi/id/";
    private const int LongestText = 200;

    // What the firmware's maker, product or asset tag begins with.
    private static readonly (string Start, string Provider)[] Makers =
    [
        ("Amazon EC2", "aws"), ("Google", "gcp"), ("7783-7084-3265-9085-8269-3286-77", "azure"), ("DigitalOcean", "digitalocean"), ("OpenStack", "openstack"),
        ("OracleCloud.com", "oracle"), ("Alibaba Cloud", "alibaba"), ("Hetzner", "hetzner"), ("Scaleway", "scaleway"), ("Akamai", "linode"), ("Linode", "linode"),
        ("UpCloud", "upcloud"), ("Exoscale", "exoscale"), ("Tencent Cloud", "tencent"), ("Huawei Cloud", "huawei"), ("Vultr", "vultr"),
    ];

    public override string Kind => "CloudProviderInfo";

    public override string Variable => "cloud";

    protected override CloudProviderInfoSpec? Read(SensorRun run)
    {
        string?[] texts = [Text(run, "sys_vendor"), Text(run, "product_name"), Text(run, "chassis_asset_tag")];
        IReadOnlyList<MetadataAccess>? answers = services?.Ask(run.Stop);
        string? provider = texts.OfType<string>().SelectMany(text => Makers.Where(maker => text.StartsWith(maker.Start, StringComparison.Ordinal))).FirstOrDefault().Provider;
        return new CloudProviderInfoSpec
        {
            Vendor = texts[0],
            Product = texts[1],
            Provider = provider,
            MetadataServices = answers,
            ProviderMetaDataAPIAccess = answers?.Any(answer => answer.Answers),
            AnswersPlainRequests = answers?.Any(answer => answer is { Answers: true, IsPlain: true }),
            NodeName = run.NodeName,
        };
    }

    private static string? Text(SensorRun run, string name) =>
        run.Root.ReadLine(Dmi + name) is { Length: > 0 } text ? Redaction.Value(name, text.Length <= LongestText ? text : text[..LongestText]) : null;
}
