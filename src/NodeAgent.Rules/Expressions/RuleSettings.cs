// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;
using NodeAgent.Events.Net;

namespace NodeAgent.Rules.Expressions;

/// <summary>The options that rules read, as the variable <c>settings</c>.</summary>
internal sealed class RuleSettings : CelObject
{
    public static readonly CelObjectType<RuleSettings> Type = new CelObjectType<RuleSettings>("na.settings")
        .Text("clusterServiceSuffix", s => s._clusterSuffix)
        .Bool("privateAddresses", s => s._privateAddresses)
        .List("sensitivePrefixes", CelType.String, s => s._sensitivePrefixes)
        .List("runtimes", CelType.String, s => s._runtimes);

    private readonly CelText _clusterSuffix;
    private readonly bool _privateAddresses;
    private readonly CelList _sensitivePrefixes;
    private readonly CelList _runtimes;

    public RuleSettings(RulesOptions options)
    {
        _clusterSuffix = CelText.Of('.' + options.ClusterServiceDomain.Trim('.').ToLowerInvariant() + '.');
        _privateAddresses = options.IncludePrivateAddresses;
        _sensitivePrefixes = CelList.OfTexts(options.SensitivePathPrefixes);
        _runtimes = CelList.OfTexts(options.RuntimeExecutables);
        SensitivePrefixes = [.. options.SensitivePathPrefixes.Select(Encoding.UTF8.GetBytes)];
        Runtimes = [.. options.RuntimeExecutables];
        ApiServers = [.. options.ApiServerAddresses.Select(text => NetAddress.TryParse(text, out NetAddress address) ? address : default).Where(a => !a.IsUnspecified)];
    }

    public byte[][] SensitivePrefixes { get; }

    public string[] Runtimes { get; }

    public NetAddress[] ApiServers { get; }

    public override CelObjectType ObjectType => Type;
}
