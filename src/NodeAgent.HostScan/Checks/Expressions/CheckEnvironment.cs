// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel;
using NodeAgent.Cel.Limits;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;
using NodeAgent.HostScan.Scanning;

namespace NodeAgent.HostScan.Checks.Expressions;

/// <summary>What conditions of checks may name: a variable for each document, and functions. Any thread may compile.</summary>
internal sealed class CheckEnvironment
{
    // A list of files has some thousand entries; what takes more than this is a mistake, and its check is unknown.
    private static readonly CelLimits Limits = new() { MaxCost = 2_000_000, MaxResultBytes = 16 << 20, MaxExpressionLength = 16 << 10 };

    private readonly Dictionary<string, CelVariable> _variables = new(StringComparer.Ordinal);
    private readonly CelVariable _now;

    public CheckEnvironment(IEnumerable<string> variables)
    {
        var builder = new CelEnvironmentBuilder();
        builder.Limits(Limits);
        foreach (string name in variables.Distinct())
        {
            builder.Variable(name, CelType.Dyn, out CelVariable variable);
            _variables.Add(name, variable);
        }

        // Of the scan: documents themselves hold no time of it, so that they are the same while the host is.
        builder.Variable("now", CelType.Timestamp, out _now);
        SettingFunctions.Declare(builder);
        FileFunctions.Declare(builder);
        CertificateFunctions.Declare(builder);
        Cel = builder.Build();
    }

    public CelEnvironment Cel { get; }

    public IEnumerable<string> Variables => _variables.Keys;

    /// <summary>A context whose variables are the documents of a scan; what the scan has no document of is null.</summary>
    public CelContext Bind(HostScanResult scan)
    {
        CelContext context = Cel.CreateContext();
        context.Set(_now, CelValue.Of(new CelTimestamp(scan.Time.ToUnixTimeSeconds(), 0)));
        foreach (CelVariable variable in _variables.Values)
        {
            context.Set(variable, CelValue.Null);
        }

        foreach (HostDocument document in scan.Documents)
        {
            if (document.Spec is { } spec && _variables.TryGetValue(document.Variable, out CelVariable? variable))
            {
                context.Set(variable, JsonValues.Of(spec));
            }
        }

        return context;
    }
}
