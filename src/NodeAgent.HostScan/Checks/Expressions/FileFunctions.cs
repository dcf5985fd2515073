// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Cel;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.HostScan.Checks.Expressions;

/// <summary>Questions about a file of a document: <c>modeAtMost(file, "0600")</c>, <c>ownedBy(file, "root", "root")</c>.</summary>
internal static class FileFunctions
{
    public static void Declare(CelEnvironmentBuilder to)
    {
        to.Function("modeAtMost", CelType.Bool, [CelType.Dyn, CelType.String], (context, arguments) => ModeAtMost(context, arguments[0], arguments[1].Text.ToString()));
        to.Function("ownedBy", CelType.Bool, [CelType.Dyn, CelType.String, CelType.String], (context, arguments) =>
            OwnedBy(context, arguments[0], arguments[1].Text.ToString(), arguments[2].Text.ToString()));
    }

    internal static bool TryMember(in CelValue of, string name, out CelValue member)
    {
        member = CelValue.Null;
        return of.Kind == CelKind.Map && of.Map.TryGet(CelValue.Of(name), out member) && member.Kind != CelKind.Null;
    }

    // No bit may be set that the mode has not: 0640 is not at most 0604.
    private static CelValue ModeAtMost(CelContext context, in CelValue file, string mode)
    {
        if (!TryOctal(mode, out int most))
        {
            return context.Fail(CelFault.BadArgument, $"modeAtMost is asked for '{mode}', which is no mode such as 0600");
        }

        return TryMember(file, "permissions", out CelValue permissions) && permissions.Kind == CelKind.Int
            ? CelValue.Of((permissions.Int & 0xFFF & ~(long)most) == 0)
            : context.Fail(CelFault.BadArgument, "the mode of the file is not known");
    }

    private static CelValue OwnedBy(CelContext context, in CelValue file, string user, string group)
    {
        if (!TryMember(file, "ownership", out CelValue owner) || !TryMember(owner, "uid", out CelValue uid) || !TryMember(owner, "gid", out CelValue gid))
        {
            return context.Fail(CelFault.BadArgument, "the owner of the file is not known");
        }

        return CelValue.Of(IsNamed(owner, uid, "username", user) && IsNamed(owner, gid, "groupname", group));
    }

    // What root is says the number: a host's passwd may give its name to anybody, or be missing.
    private static bool IsNamed(in CelValue owner, in CelValue number, string member, string wanted)
    {
        long id = wanted == "root" ? 0 : long.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out long given) ? given : -1;
        return id >= 0 ? number.Kind == CelKind.Int && number.Int == id : TryMember(owner, member, out CelValue name) && name.Kind == CelKind.String && name.Text.ToString() == wanted;
    }

    private static bool TryOctal(string text, out int value)
    {
        value = 0;
        foreach (char digit in text)
        {
            value = (value << 3) | (digit - '0');
            if (digit is < '0' or > '7' || value > 0xFFF)
            {
                return false;
            }
        }

        return text.Length > 0;
    }
}
