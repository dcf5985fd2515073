// SPDX-License-Identifier: Apache-2.0
using System.Numerics;
using System.Text;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Generalizing;

/// <summary>Writes the collapsed tree as paths.</summary>
internal static class PathEmitter
{
    /// <summary>With every <c>⋯</c>, so that it can be read again without loss.</summary>
    public static void Emit<TMask>(PathNode<TMask> root, List<(string Path, TMask Mask)> result)
        where TMask : unmanaged, IBinaryInteger<TMask> => Walk(root, [], result, final: false);

    /// <summary>With <c>*</c> for adjacent ones. Where that ends a path, it covers all that is below, so nothing below is listed.</summary>
    public static void EmitFinal<TMask>(PathNode<TMask> root, List<(string Path, TMask Mask)> result)
        where TMask : unmanaged, IBinaryInteger<TMask> => Walk(root, [], result, final: true);

    private static void Walk<TMask>(PathNode<TMask> node, List<string> segments, List<(string Path, TMask Mask)> result, bool final)
        where TMask : unmanaged, IBinaryInteger<TMask>
    {
        if (node.IsEnd)
        {
            result.Add((Text(segments, final), node.Mask));
        }

        if (node.HasStar || (final && EndsInRun(node)))
        {
            result.Add((Text([.. segments, "*"], final), node.HasStar ? node.StarMask : MaskBelow(node)));
            return;
        }

        foreach ((string name, PathNode<TMask> child) in node.Children)
        {
            segments.Add(name);
            Walk(child, segments, result, final);
            segments.RemoveAt(segments.Count - 1);
        }
    }

    // Whether two or more ⋯ below a directory end a path.
    private static bool EndsInRun<TMask>(PathNode<TMask> node)
        where TMask : unmanaged, IBinaryInteger<TMask>
    {
        int length = 0;
        while (node.Children.TryGetValue(PathText.Dynamic, out PathNode<TMask>? child))
        {
            node = child;
            if (++length >= 2 && (node.IsEnd || node.HasStar))
            {
                return true;
            }
        }

        return false;
    }

    private static TMask MaskBelow<TMask>(PathNode<TMask> node)
        where TMask : unmanaged, IBinaryInteger<TMask> =>
        node.Children.Values.Aggregate(default(TMask), (mask, child) => mask | child.MaskOfAll());

    private static string Text(List<string> segments, bool final)
    {
        var text = new StringBuilder();
        for (int i = 0; i < segments.Count; i++)
        {
            int run = i;
            while (final && run + 1 < segments.Count && segments[run] == PathText.Dynamic && segments[run + 1] == PathText.Dynamic)
            {
                run++;
            }

            text.Append('/').Append(run > i ? "*" : segments[i]);
            i = run;
        }

        return text.Length == 0 ? "/" : text.ToString();
    }
}
