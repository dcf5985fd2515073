// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using NodeAgent.Cel;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.HostScan.Checks.Expressions;

/// <summary><c>setting(list, key)</c>: the entry whose member <c>key</c> is that, or null.</summary>
internal static class SettingFunctions
{
    private static readonly CelValue KeyName = CelValue.Of("key");

    public static void Declare(CelEnvironmentBuilder to)
    {
        // Lists of settings have a thousand entries and are asked by a hundred checks.
        var known = new ConditionalWeakTable<CelList, CelMap>();
        to.Function("setting", CelType.Dyn, [CelType.Dyn, CelType.String], (context, arguments) => arguments[0].Kind switch
        {
            CelKind.Null => CelValue.Null,
            CelKind.List => known.GetValue(arguments[0].List, ByKey).TryGet(arguments[1], out CelValue found) ? found : CelValue.Null,
            _ => context.Fail(CelFault.BadArgument, "setting is asked of what is no list"),
        });
    }

    // The first of a key, as of settings of which the first holds; lists of sensors have each once.
    private static CelMap ByKey(CelList list)
    {
        var entries = new Dictionary<CelText, CelValue>();
        for (int i = 0; i < list.Count; i++)
        {
            if (list[i] is { Kind: CelKind.Map } entry && entry.Map.TryGet(KeyName, out CelValue key) && key.Kind == CelKind.String)
            {
                entries.TryAdd(key.Text, entry);
            }
        }

        return CelMap.Of(entries.Select(entry => KeyValuePair.Create(CelValue.Of(entry.Key), entry.Value)));
    }
}
