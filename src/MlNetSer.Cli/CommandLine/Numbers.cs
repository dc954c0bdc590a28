using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace MlNetSer.Cli;

/// <summary>Options that take a number.</summary>
internal static class Numbers
{
    /// <summary>An option with a default, which refuses less than <paramref name="least"/>.</summary>
    public static Option<T> Option<T>(string name, string description, T byDefault, T least)
        where T : struct, INumber<T>
    {
        var option = new Option<T>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => byDefault };
        option.Validators.Add(result =>
        {
            // What is no number at all, the parser reports.
            if (result.Tokens is [var token] && T.TryParse(token.Value, CultureInfo.InvariantCulture, out var value) && value < least)
                result.AddError($"{name} is {token.Value}, expected at least {least}");
        });
        return option;
    }
}
